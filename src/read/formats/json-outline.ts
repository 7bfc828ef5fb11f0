/**
 * Finds the outline of a JSON text in one pass over its bytes, without parsing values: the type of the first value, its
 * keys if it is an object, and whether more follows. This tells records from settings, and finds the array in
 * `{"data": [...]}`.
 */

export interface OutlineMember {
  readonly key: string;
  /** First byte of the value, as a character. */
  readonly kind: string;
  /** Bytes [start, end) of the value. */
  readonly start: number;
  end: number;
  /** If the value is an array: its first element, if that is an object and not too long. */
  first: unknown;
}

const mostFirst = 16 * 1024 * 1024;
const quote = 0x22;
const backslash = 0x5c;

export class JsonOutline {
  /** First byte of the first value, as a character; null: no value has begun yet. */
  kind: string | null = null;
  readonly members: OutlineMember[] = [];
  /** The first value has ended. */
  isOver = false;
  /** First byte after the first value that is not white space. */
  follows: string | null = null;
  #offset = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Bytes of the key or the first element that is being read. */
  #held: Buffer[] | null = null;
  #heldBytes = 0;
  #heldFrom = 0;
  #holds: 'key' | 'first' | null = null;
  #key: string | null = null;
  #expects: 'key' | 'value' = 'key';
  #isFirstElement = false;

  push(block: Uint8Array): void {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.length);
    this.#heldFrom = 0;
    for (let at = 0; at < bytes.length && this.follows === null; at += 1) {
      if (this.#inString) at = this.#string(bytes, at);
      else this.#byte(bytes, at);
    }
    if (this.#holds !== null) this.#hold(bytes, bytes.length);
    this.#offset += bytes.length;
  }

  #string(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) {
        this.#inString = false;
        if (this.#depth === 0) this.isOver = true;
        else if (this.#holds === 'key') this.#key = String(this.#release(bytes, at + 1) ?? '');
        return at;
      }
    }
    return bytes.length;
  }

  #byte(bytes: Buffer, at: number): void {
    const byte = bytes[at]!;
    if (byte <= 0x20) return;
    const character = String.fromCharCode(byte);
    if (this.isOver) {
      this.follows = character;
      return;
    }
    this.kind ??= character;
    this.#notice(at, character);
    if (byte === quote) this.#inString = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') this.#close(bytes, at);
  }

  #notice(at: number, character: string): void {
    if (this.#isFirstElement) {
      this.#isFirstElement = false;
      if (character === '{') this.#begin('first', at);
    }
    if (this.#depth !== 1 || this.kind !== '{') return;
    const last = this.members.at(-1);
    if (character === ',' || character === '}') {
      if (last !== undefined && this.#expects === 'value') last.end = this.#offset + at;
      this.#expects = 'key';
      this.#key = null;
    } else if (this.#expects === 'key' && character === '"') {
      this.#begin('key', at);
      this.#expects = 'value';
    } else if (this.#key !== null && character !== ':') {
      this.members.push({
        key: this.#key,
        kind: character,
        start: this.#offset + at,
        end: 0,
        first: undefined,
      });
      this.#key = null;
      this.#isFirstElement = character === '[';
    }
  }

  #close(bytes: Buffer, at: number): void {
    this.#depth -= 1;
    if (this.#depth <= 0) this.isOver = true;
    else if (this.#depth === 2 && this.#holds === 'first')
      this.members.at(-1)!.first = this.#release(bytes, at + 1);
  }

  #begin(what: 'key' | 'first', at: number): void {
    this.#holds = what;
    this.#held = [];
    this.#heldBytes = 0;
    this.#heldFrom = at;
  }

  #hold(bytes: Buffer, end: number): void {
    if (this.#held === null) return;
    this.#heldBytes += end - this.#heldFrom;
    if (this.#heldBytes > mostFirst) this.#held = null;
    else this.#held.push(Buffer.from(bytes.subarray(this.#heldFrom, end)));
  }

  #release(bytes: Buffer, end: number): unknown {
    this.#hold(bytes, end);
    const held = this.#held;
    this.#holds = null;
    this.#held = null;
    try {
      return held === null ? undefined : JSON.parse(Buffer.concat(held).toString());
    } catch {
      return undefined;
    }
  }
}
