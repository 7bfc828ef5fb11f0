/**
 * Turns chunks of documents into tokens, with each document's key. A document that spans chunks is tokenized in parts,
 * cut only where the tokenizer says that a cut changes no token; the text after the last such place waits for the next
 * chunk. Cost: one copy of the waiting text per chunk, only for documents that span chunks.
 */
import type { DocumentChunk } from '../nouns/documents.ts';
import type { TokenizedDocuments, Tokenizer } from '../nouns/tokens.ts';
import type { RatioMeter } from './compressibility.ts';
import { createDigest } from './digest/digest.ts';

export interface DocumentEncoder {
  /** Takes the chunks of one file (or range) in order. The tokens are valid until the next call. */
  push(chunk: DocumentChunk): TokenizedDocuments;
}

const empty = new Uint8Array(0);

/**
 * Longer text without any safe cut (megabytes without a space between letters) is cut anyway, so that memory stays
 * bounded. The tokens next to such a cut may differ from those of the whole text.
 */
const longestUncut = 16 * 1024 * 1024;

/** @param ratios measures how well texts compress, if the source asks for it */
export function createDocumentEncoder(
  tokenizer: Pick<Tokenizer, 'encode' | 'safeCut'>,
  ratios: RatioMeter | null = null,
): DocumentEncoder {
  /** The part of the open document's text that is not tokenized yet. */
  let waiting = empty;
  /** The open document's tokens so far. */
  let openTokens = 0;
  /** Whether some of the open document's text is tokenized already. */
  let isBegun = false;
  const digest = createDigest();

  return {
    push(chunk) {
      const { ends } = chunk;
      const complete = chunk.open ? ends.length - 1 : ends.length;
      const { keys, characters } = digest.add(chunk.text, ends, chunk.open);

      // Tokenize the waiting text, then the chunk up to the place where its open document may be cut.
      const before = waiting.length;
      const text = before === 0 ? chunk.text : Buffer.concat([waiting, chunk.text]);
      const cuts = before === 0 ? [...ends] : ends.map((end) => end + before);
      waiting = empty;
      if (chunk.open) {
        const openStart = complete === 0 ? 0 : cuts[complete - 1]!;
        const openText = text.subarray(openStart, cuts[complete]!);
        let cut = tokenizer.safeCut(openText);
        if (cut === 0 && openText.length > longestUncut) cut = forcedCut(openText);
        cuts[complete] = openStart + cut;
        waiting = new Uint8Array(openText.subarray(cut));
      }

      const { tokens, lengths: counts } = tokenizer.encode(text, cuts, isBegun);
      isBegun = chunk.open && ((isBegun && complete === 0) || cuts[complete]! > (cuts[complete - 1] ?? 0));
      // Copy the counts: the tokenizer may overwrite its own array in its next call.
      const lengths = Uint32Array.from(counts);
      lengths[0]! += openTokens;
      openTokens = chunk.open ? lengths[complete]! : 0;
      const compressibility = ratios?.add(chunk.text, ends, chunk.open, lengths.subarray(0, complete));
      return {
        ...(compressibility === undefined ? {} : { compressibility }),
        tokens,
        lengths: lengths.subarray(0, complete),
        keys,
        characters,
        ids: chunk.ids.slice(0, complete),
        records: chunk.records.slice(0, complete),
        sources: chunk.sources?.slice(0, complete) ?? null,
        ...(chunk.fields === undefined
          ? {}
          : { fields: chunk.fields.map((list) => list.slice(0, complete)) }),
        textBytes: chunk.text.length,
      };
    },
  };
}

/**
 * Cuts after the last single newline between visible characters, where nearly all tokenizers begin a new pretoken. If
 * the last megabyte has no such newline, cuts where the last UTF-8 character begins.
 */
function forcedCut(text: Uint8Array): number {
  const from = Math.max(2, text.length - 1024 * 1024);
  for (let at = text.length - 1; at >= from; at -= 1) {
    if (text[at - 1] === 0x0a && text[at]! > 0x20 && text[at - 2]! > 0x20) return at;
  }
  let at = text.length - 1;
  while (at > 0 && (text[at]! & 0xc0) === 0x80) at -= 1;
  return at;
}
