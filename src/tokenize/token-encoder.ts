/**
 * Chunks of documents that are token ids already, as little-endian u32, to what the token store takes. Nothing is
 * tokenized: the ids were checked as they were read. The key of such a document is the xxHash64 of these bytes, in place of
 * its text's, and its characters are not known.
 */
import { createDigest } from './digest/digest.ts';
import type { DocumentEncoder } from './document-encoder.ts';

const idBytes = 4;

export function createTokenEncoder(): DocumentEncoder {
  const digest = createDigest();
  /** The open document's tokens so far. */
  let openTokens = 0;
  return {
    push({ text, ends, ids, records, sources, fields, open }) {
      const complete = open ? ends.length - 1 : ends.length;
      const { keys } = digest.add(text, ends, open);
      // A copy where it is not aligned: a chunk may begin anywhere in its memory.
      const bytes = text.byteOffset % idBytes === 0 ? text : new Uint8Array(text);
      const lengths = new Uint32Array(ends.length);
      for (let d = 0; d < ends.length; d += 1) lengths[d] = (ends[d]! - (ends[d - 1] ?? 0)) / idBytes;
      lengths[0]! += openTokens;
      openTokens = open ? lengths[complete]! : 0;
      return {
        tokens: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / idBytes),
        lengths: lengths.subarray(0, complete),
        keys,
        characters: new Uint32Array(complete),
        ids: ids.slice(0, complete),
        records: records.slice(0, complete),
        sources: sources?.slice(0, complete) ?? null,
        ...(fields === undefined ? {} : { fields: fields.map((list) => list.slice(0, complete)) }),
        textBytes: 0,
      };
    },
  };
}
