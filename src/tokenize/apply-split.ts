/** A split step on a string, as Hugging Face's `NormalizedString::split` cuts it. No part is empty. */
import type { SplitStep } from './model.ts';
import { toJsRegex } from './to-js-regex.ts';

/** @throws UnsupportedPattern */
export function createSplit({ pattern, behavior, invert }: SplitStep): (text: string) => string[] {
  const regex = toJsRegex(pattern);
  return (text) => join(piecesOf(text, regex, invert), behavior);
}

interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
}

function piecesOf(text: string, regex: RegExp, invert: boolean): Piece[] {
  const pieces: Piece[] = [];
  const push = (part: string, isMatch: boolean) => {
    if (part !== '') pieces.push({ text: part, isMatch: isMatch !== invert });
  };
  let end = 0;
  for (const match of text.matchAll(regex)) {
    push(text.slice(end, match.index), false);
    push(match[0], true);
    end = match.index + match[0].length;
  }
  push(text.slice(end), false);
  return pieces;
}

function join(pieces: readonly Piece[], behavior: SplitStep['behavior']): string[] {
  switch (behavior) {
    case 'isolated':
      return pieces.map(({ text }) => text);
    case 'removed':
      return pieces.filter(({ isMatch }) => !isMatch).map(({ text }) => text);
    case 'contiguous':
      return joinWhere(pieces, (left, right) => left.isMatch === right.isMatch);
    // A match joins the gap beside it; of several in a row, the one that touches the gap.
    case 'merged-with-previous':
      return joinWhere(pieces, (left, right) => !left.isMatch && right.isMatch);
    case 'merged-with-next':
      return joinWhere(pieces, (left, right) => left.isMatch && !right.isMatch);
  }
}

function joinWhere(pieces: readonly Piece[], joins: (left: Piece, right: Piece) => boolean): string[] {
  const out: string[] = [];
  pieces.forEach((piece, i) => {
    if (i > 0 && joins(pieces[i - 1]!, piece)) out[out.length - 1] += piece.text;
    else out.push(piece.text);
  });
  return out;
}
