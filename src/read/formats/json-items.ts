/**
 * Splits JSON text into items, each as bytes: the elements of an array, or objects one after the other. Looks only at
 * brackets, strings and commas: the caller must check that an item is JSON. Cost: an item is held until it ends.
 */

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** The text between the items is not JSON, or the file ends too early. */
export class JsonItemsError extends Error {}

export class JsonItems {
  /** Bytes held of an item that has not ended. */
  pending = 0;
  readonly #inArray: boolean;
  readonly #restIsAnothers: boolean;
  #pieces: Uint8Array[] = [];
  #depth = 0;
  #inString = false;
  #escaped = false;
  #hasContent = false;
  #afterComma = false;
  #state: 'before' | 'in' | 'over' = 'before';

  /** @param restIsAnothers ignore text after the array, because it belongs to an object around the array */
  constructor(inArray: boolean, restIsAnothers: boolean = false) {
    this.#inArray = inArray;
    this.#restIsAnothers = restIsAnothers;
    if (!inArray) this.#state = 'in';
  }

  /** The items that end in this block. */
  *push(block: Uint8Array): Generator<Uint8Array> {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.length);
    const top = this.#inArray ? 1 : 0;
    let start = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quote) {
          this.#inString = false;
          if (!this.#inArray && this.#depth === 0) {
            yield this.#item(bytes.subarray(start, at + 1));
            start = at + 1;
          }
        }
        continue;
      }
      if (byte <= 0x20) continue;
      if (this.#state === 'over') {
        if (this.#restIsAnothers) return;
        throw new JsonItemsError('there is text after the array');
      }
      if (this.#state === 'before') {
        if (byte !== openBracket) throw new JsonItemsError('it does not begin with [');
        this.#state = 'in';
        this.#depth = 1;
        start = at + 1;
        continue;
      }
      if (this.#depth === top && this.#inArray && (byte === comma || byte === closeBracket)) {
        if (byte === closeBracket) this.#state = 'over';
        // `[]` has no elements, but a comma has an element on each side.
        if (this.#hasContent || byte === comma || this.#afterComma)
          yield this.#item(bytes.subarray(start, at));
        this.#afterComma = byte === comma;
        start = at + 1;
        continue;
      }
      if (this.#depth === top && !this.#inArray && !this.#hasContent) {
        if (byte === comma) {
          start = at + 1;
          continue;
        }
        if (byte !== openBrace && byte !== quote)
          throw new JsonItemsError('a value that is not an object follows');
      }
      this.#hasContent = true;
      if (byte === quote) this.#inString = true;
      else if (byte === openBrace || byte === openBracket) this.#depth += 1;
      else if (byte === closeBrace || byte === closeBracket) {
        this.#depth -= 1;
        if (this.#depth < top) throw new JsonItemsError('a closing bracket has no opening one');
        if (this.#depth === 0) {
          yield this.#item(bytes.subarray(start, at + 1));
          start = at + 1;
        }
      }
    }
    if (this.#state === 'in' && start < bytes.length) {
      this.#pieces.push(Buffer.from(bytes.subarray(start)));
      this.pending += bytes.length - start;
    }
  }

  end(): void {
    const isWhole = this.#inArray ? this.#state === 'over' : !this.#hasContent;
    if (!isWhole) throw new JsonItemsError('the file ends too early');
  }

  #item(last: Uint8Array): Uint8Array {
    const item = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    this.pending = 0;
    this.#hasContent = false;
    return item;
  }
}
