/**
 * Rendered conversations to tokens, with the tokens that the model writes. Text between two special tokens is tokenized as
 * one piece, as Hugging Face's library does it, so tokens span the borders between a template's text and a message's.
 *
 * A token is learned if it has at least one byte of an output: the rule of `transformers`. So a token that begins in the
 * prompt and ends in the answer is learned. Which bytes a token has follows from the bytes of all tokens, end to end.
 * Where a normalizer changes the text, they are not those of the text; then the border lies where the tokens of the
 * text before it end.
 */
import type { RenderedChunk } from '../nouns/conversation.ts';
import { noToken } from '../nouns/conversation.ts';
import type { TokenizedDocuments, Tokenizer } from '../nouns/tokens.ts';
import type { TokenBytes } from './chat-tables.ts';
import { createDigest } from './digest/digest.ts';

/** Bytes [start, end). */
type Span = readonly [number, number];

export interface ChatEncoder {
  /** The tokens are valid until the next call. */
  push(chunk: RenderedChunk): TokenizedDocuments;
}

/** A longer text is tokenized in pieces, so that the kernel's memory stays bounded. */
const pieceBytes = 1024 * 1024;
/** The segments of a larger chunk, which holds a long conversation, are tokenized one by one. */
const mostBytesTogether = 4 * pieceBytes;

export function createChatEncoder(
  tokenizer: Pick<Tokenizer, 'encode' | 'safeCut'>,
  { ends: tokenEnds, bytes: tokenBytes, prefixesFirstOnly }: TokenBytes,
): ChatEncoder {
  const digest = createDigest();

  /** Tokens of a text that begins a document, or follows a special token. */
  function encodeText(text: Uint8Array, isFirst: boolean): Uint32Array {
    const begins = isFirst || !prefixesFirstOnly;
    const parts: Uint32Array[] = [];
    for (let at = 0; at < text.length; ) {
      let cut = 0;
      for (let size = pieceBytes; cut === 0; size += pieceBytes) {
        const isRest = at + size >= text.length;
        cut = isRest ? text.length - at : tokenizer.safeCut(text.subarray(at, at + size));
      }
      const piece = text.subarray(at, at + cut);
      parts.push(tokenizer.encode(piece, [cut], at > 0 || !begins).tokens.slice());
      at += cut;
    }
    if (parts.length === 1) return parts[0]!;
    const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** Gives the tokens of segment after segment. The texts of special tokens are tokenized too, which is not used. */
  function segmentTokens({
    text,
    segmentEnds,
  }: RenderedChunk): (segment: number, isFirst: boolean) => Uint32Array {
    if (prefixesFirstOnly || text.length > mostBytesTogether)
      return (segment, isFirst) =>
        encodeText(text.subarray(segmentEnds[segment - 1] ?? 0, segmentEnds[segment]!), isFirst);
    const encoded = tokenizer.encode(text, segmentEnds);
    const tokens = encoded.tokens.slice();
    const ends = Uint32Array.from(encoded.lengths);
    for (let i = 1; i < ends.length; i += 1) ends[i]! += ends[i - 1]!;
    return (segment) => tokens.subarray(ends[segment - 1] ?? 0, ends[segment]!);
  }

  const bytesOf = (token: number): Uint8Array =>
    tokenBytes.subarray(token === 0 ? 0 : tokenEnds[token - 1]!, tokenEnds[token]!);
  const lengthOf = (token: number): number => tokenEnds[token]! - (token === 0 ? 0 : tokenEnds[token - 1]!);

  /** Where a place of a text lies among the bytes of its tokens. */
  function createPlaces(text: Uint8Array, tokens: Uint32Array, isFirst: boolean): (place: number) => number {
    const written = Buffer.concat(Array.from(tokens, bytesOf));
    if (written.equals(text)) return (place) => place;
    // A space that the tokenizer puts before a text.
    const shift = written.length - text.length;
    if (shift === 1 && written.subarray(1).equals(text)) return (place) => (place === 0 ? 0 : place + 1);
    return (place) => {
      if (place === 0) return 0;
      if (place === text.length) return written.length;
      const before = encodeText(text.subarray(0, place), isFirst);
      const bytes = before.reduce((sum, token) => sum + lengthOf(token), 0);
      return Math.min(bytes, written.length);
    };
  }

  return {
    push(chunk) {
      const { text, ends, segmentEnds, outputs, ids, records, sources, fields } = chunk;
      const { keys, characters } = digest.add(text, ends, false);
      const tokensOf = segmentTokens(chunk);
      const parts: Uint32Array[] = [];
      const lengths = new Uint32Array(ends.length);
      const learned: Uint32Array[] = [];
      let segment = 0;
      let start = 0;
      let output = 0;
      for (const [d, end] of ends.entries()) {
        const first = start;
        const runs = new Runs();
        for (; segment < segmentEnds.length && segmentEnds[segment]! <= end; segment += 1) {
          const to = segmentEnds[segment]!;
          while (output < outputs.length && outputs[output + 1]! <= start) output += 2;
          const within: Span[] = [];
          for (let o = output; o < outputs.length && outputs[o]! < to; o += 2)
            within.push([Math.max(outputs[o]!, start) - start, Math.min(outputs[o + 1]!, to) - start]);
          const special = chunk.segmentTokens[segment]!;
          if (special !== noToken) {
            parts.push(Uint32Array.of(special));
            runs.add(1, within.length > 0);
          } else {
            const found = tokensOf(segment, start === first);
            parts.push(found);
            addRuns(runs, found, text.subarray(start, to), start === first, within);
          }
          lengths[d]! += parts.at(-1)!.length;
          start = to;
        }
        learned.push(runs.ends());
      }
      const tokens = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        tokens.set(part, at);
        at += part.length;
      }
      return {
        ...{ tokens, lengths, keys, characters, learned },
        ids: [...ids],
        records: [...records],
        sources: sources === null ? null : [...sources],
        ...(fields === undefined ? {} : { fields }),
        textBytes: text.length,
      };
    },
  };

  function addRuns(
    runs: Runs,
    tokens: Uint32Array,
    text: Uint8Array,
    isFirst: boolean,
    outputs: readonly Span[],
  ): void {
    const whole = outputs.length === 1 && outputs[0]![0] === 0 && outputs[0]![1] === text.length;
    if (outputs.length === 0 || whole) {
      runs.add(tokens.length, whole);
      return;
    }
    const placeOf = createPlaces(text, tokens, isFirst);
    const spans = outputs.map(([from, to]) => [placeOf(from), placeOf(to)] as const);
    let at = 0;
    let span = 0;
    for (const token of tokens) {
      const next = at + lengthOf(token);
      while (span < spans.length && spans[span]![1] <= at) span += 1;
      runs.add(1, span < spans.length && spans[span]![0] < next);
      at = next;
    }
  }
}

/** Collects ends of runs of tokens that are, in turn, not learned and learned. */
class Runs {
  readonly #ends: number[] = [0];
  #isLearned = false;

  add(count: number, isLearned: boolean): void {
    if (count === 0) return;
    const end = this.#ends.at(-1)!;
    if (isLearned === this.#isLearned) this.#ends[this.#ends.length - 1] = end + count;
    else {
      this.#ends.push(end + count);
      this.#isLearned = isLearned;
    }
  }

  /** Without an end for tokens after the last learned one. */
  ends(): Uint32Array {
    const count = this.#ends.length - (this.#ends.length % 2);
    return Uint32Array.from(this.#ends.slice(0, count));
  }
}
