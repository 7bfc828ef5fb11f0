/**
 * A table of a flatbuffer. Every offset is checked against the bytes when a field is looked up. Readers that flatc
 * generates do not check offsets, and can loop for ever in a damaged file.
 */

export class FlatTable {
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #fields: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#fields = at - bytes.readInt32LE(at);
    if (this.#fields < 0 || bytes.readUInt16LE(this.#fields) < 4)
      throw new RangeError('a table has no fields');
  }

  static root(bytes: Buffer): FlatTable {
    return new FlatTable(bytes, bytes.readUInt32LE(0));
  }

  long(field: number): number {
    const at = this.#field(field);
    return at === 0 ? 0 : Number(this.#bytes.readBigInt64LE(at));
  }

  byte(field: number): number {
    const at = this.#field(field);
    return at === 0 ? 0 : this.#bytes.readUInt8(at);
  }

  /** The table of a field; null: the field is left out. */
  table(field: number): FlatTable | null {
    const at = this.#field(field);
    return at === 0 ? null : new FlatTable(this.#bytes, this.#target(at));
  }

  /** Where the table of a field begins. */
  place(field: number): number {
    const at = this.#field(field);
    if (at === 0) throw new RangeError('a required table is missing');
    return this.#target(at);
  }

  /** The tables that a vector refers to. */
  tables(field: number): FlatTable[] {
    return this.places(field, 4).map((at) => new FlatTable(this.#bytes, this.#target(at)));
  }

  /** Where each element of a vector begins. */
  places(field: number, elementBytes: number): number[] {
    const at = this.#field(field);
    if (at === 0) return [];
    const vector = this.#target(at);
    const length = this.#bytes.readUInt32LE(vector);
    if (vector + 4 + length * elementBytes > this.#bytes.length) throw new RangeError('a vector is too long');
    return Array.from({ length }, (_, i) => vector + 4 + i * elementBytes);
  }

  #field(field: number): number {
    const slot = 4 + 2 * field;
    const isThere = slot < this.#bytes.readUInt16LE(this.#fields);
    const offset = isThere ? this.#bytes.readUInt16LE(this.#fields + slot) : 0;
    return offset === 0 ? 0 : this.#at + offset;
  }

  #target(at: number): number {
    const offset = this.#bytes.readUInt32LE(at);
    if (offset === 0) throw new RangeError('an offset leads nowhere');
    return at + offset;
  }
}
