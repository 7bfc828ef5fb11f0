/**
 * Turns a document into tokens: the model's steps cut it into pretokens, which are looked up and merged meanwhile
 * (`queue.ts`).
 */
import { emitLong } from './pretoken';
import { end as endTokens, writeTo, written } from './pretokens';
import { forgetCarried, runStep } from './scan-compiled';
import { forgetFailed } from './scan-long';
import { stepCount } from './step-layout';
import { encodeStretch, hasUnigram, isWhole, joinUnknown, written as stretchWritten } from './unigram';
import { scoreTable } from './scored';

/**
 * Tokenizes text[at, end); returns how far it came. `closed`: the document ends at `end`. Otherwise more text follows,
 * and text whose tokens it could change is left to the next call. `continued`: this is such a next call.
 */
export function encodeDocument(at: usize, end: usize, closed: bool, continued: bool): usize {
  if (isWholeText()) return encodeWhole(at, end, closed, written);
  forgetFailed();
  if (!continued) forgetCarried();
  const known = closed ? end : wholeCharacters(at, end);
  const reached = runStep(0, at, known, closed);
  return reached == at && !closed && scoreTable() != 0 ? encodeLongWord(at, known) : reached;
}

/** Handles a window in which no word ends: a Viterbi may still find places where its tokens are decided. */
function encodeLongWord(at: usize, end: usize): usize {
  endTokens();
  const reached = encodeStretch(at, end, false, written);
  writeTo(joinUnknown(written, stretchWritten));
  return reached;
}

/** Whether the model has no steps. A document is then one pretoken, and its tokens do not go through the queue. */
export function isWholeText(): bool {
  return stepCount() == 0;
}

function encodeWhole(at: usize, end: usize, closed: bool, out: usize): usize {
  if (hasUnigram() && isWhole()) {
    const reached = encodeStretch(at, end, closed, out);
    writeTo(stretchWritten);
    return reached;
  }
  if (!closed || at == end) return at;
  writeTo(emitLong(at, <u32>(end - at), out));
  return end;
}

/** The end of the last character that is complete. */
function wholeCharacters(at: usize, end: usize): usize {
  let last = end;
  while (last > at && last + 3 > end && (load<u8>(last - 1) & 0xc0) == 0x80) last -= 1;
  if (last == at) return at;
  const first = <u32>load<u8>(last - 1);
  const width: usize = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return last - 1 + width == end ? end : last - 1;
}
