/**
 * Computes the xxHash64 of each document's text and its number of characters, which a token store keeps in place of the
 * text. WebAssembly (`assembly/`) does this over windows of many documents, because one call per document would cost
 * more than hashing a short document.
 */

import { packageRoot } from '../../base/package-root.ts';
import { readBytes } from '../../storage/files.ts';

export interface Digest {
  /**
   * Takes documents that lie end to end in `text`, well-formed UTF-8; `ends` in bytes. `open`: the last document
   * continues as the first of the next call. Returns one entry for each document that ended.
   */
  add(text: Uint8Array, ends: ArrayLike<number>, open: boolean): DocumentDigests;
}

export interface DocumentDigests {
  /** Two words per document: the low and the high 32 bits of the hash. */
  readonly keys: Uint32Array;
  /** Unicode code points per document. */
  readonly characters: Uint32Array;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  textAddress(): number;
  textBytes(): number;
  endsAddress(): number;
  documentsAtMost(): number;
  keysAddress(): number;
  charactersAddress(): number;
  digest(documents: number, open: number): void;
}

const wasm = new URL('dist/tokenize/digest/digest.wasm', packageRoot);
let compiled: WebAssembly.Module | undefined;

export function createDigest(): Digest {
  compiled ??= new WebAssembly.Module(readBytes(wasm));
  const exports = new WebAssembly.Instance(compiled, {}).exports as unknown as Exports;
  const { buffer } = exports.memory;
  const atMost = exports.documentsAtMost();
  const window = new Uint8Array(buffer, exports.textAddress(), exports.textBytes());
  const windowEnds = new Uint32Array(buffer, exports.endsAddress(), atMost);
  const windowKeys = new Uint32Array(buffer, exports.keysAddress(), 2 * atMost);
  const windowCharacters = new Uint32Array(buffer, exports.charactersAddress(), atMost);
  return {
    add(text, ends, open) {
      const complete = open ? ends.length - 1 : ends.length;
      const keys = new Uint32Array(2 * complete);
      const characters = new Uint32Array(complete);
      let document = 0;
      for (let at = 0; document < complete || at < text.length; ) {
        const windowEnd = Math.min(at + window.length, text.length);
        window.set(text.subarray(at, windowEnd));
        let whole = 0;
        while (whole < atMost && document + whole < complete && ends[document + whole]! <= windowEnd) {
          windowEnds[whole] = ends[document + whole]! - at;
          whole += 1;
        }
        // The rest of the window is the beginning of a document: it continues after the window, or the table of ends is
        // full.
        const goesOn = whole < atMost;
        if (goesOn) windowEnds[whole] = windowEnd - at;
        exports.digest(goesOn ? whole + 1 : whole, goesOn ? 1 : 0);
        keys.set(windowKeys.subarray(0, 2 * whole), 2 * document);
        characters.set(windowCharacters.subarray(0, whole), document);
        document += whole;
        at = goesOn ? windowEnd : ends[document - 1]!;
      }
      return { keys, characters };
    },
  };
}
