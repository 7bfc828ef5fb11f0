/** Turns the kernel's input into parts that can be compared with the plain engine's pretokens. */
import type { Preparation } from '../../src/tokenize/engine/preparation.ts';
import { createPreparation } from '../../src/tokenize/engine/prepare-text.ts';

const encoder = new TextEncoder();

/** As one chunk, since nothing must be found from one text into the next. */
export function chunkOf(texts: readonly string[]): { readonly text: Uint8Array; readonly ends: number[] } {
  const documents = texts.map((text) => encoder.encode(text));
  let end = 0;
  const ends = documents.map((bytes) => {
    end += bytes.length;
    return end;
  });
  return { text: Buffer.concat(documents), ends };
}

/** Segments and added tokens of each text. */
export function prepared(preparation: Preparation, texts: readonly string[]): (string | number)[][] {
  const { text, ends } = chunkOf(texts);
  const found = createPreparation(preparation)(text, ends, false);
  // Handed on as it is.
  if (found === null) return texts.map((some) => (some === '' ? [] : [Buffer.from(some).toString()]));
  let segment = 0;
  let token = 0;
  return texts.map((_, i) => {
    const parts: (string | number)[] = [];
    while (segment < found.documentEnds[i]! || token < found.documentAdded[i]!) {
      if (token < found.documentAdded[i]! && found.addedPlaces[token] === segment) {
        parts.push(found.addedIds[token]!);
        token += 1;
        // Its own text is a segment, which it replaces.
        if (found.isInPlace) segment += 1;
        continue;
      }
      const start = segment === 0 ? 0 : found.ends[segment - 1]!;
      parts.push(Buffer.from(found.text.subarray(start, found.ends[segment]!)).toString());
      segment += 1;
    }
    return parts;
  });
}
