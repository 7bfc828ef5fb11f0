/** Columns that grow as documents arrive. Typed arrays: a few bytes per value, and no per-value objects. */

export interface NumberColumn {
  add(values: ArrayLike<number>): void;
  /** Adds the same value `times` times. */
  repeat(value: number, times: number): void;
  /** All values so far. */
  values(): Uint32Array<ArrayBuffer>;
}

export interface StringColumn {
  add(value: string | null): void;
  readonly count: number;
  readonly nullCount: number;
  /** A leading 0, then the end of each value in `bytes`. */
  offsets(): Int32Array<ArrayBuffer>;
  bytes(): Uint8Array<ArrayBuffer>;
  /** One bit per value, lowest bit first; 1: the value is not null. */
  validity(): Uint8Array<ArrayBuffer>;
}

export function numberColumn(): NumberColumn {
  let data = new Uint32Array(1024);
  let used = 0;
  const room = (more: number) => {
    if (used + more <= data.length) return;
    const larger = new Uint32Array(Math.max(2 * data.length, used + more));
    larger.set(data);
    data = larger;
  };
  return {
    add(values) {
      room(values.length);
      data.set(values, used);
      used += values.length;
    },
    repeat(value, times) {
      room(times);
      data.fill(value, used, used + times);
      used += times;
    },
    values: () => data.subarray(0, used),
  };
}

export function stringColumn(): StringColumn {
  const offsets = numberColumn();
  offsets.repeat(0, 1);
  let data = Buffer.allocUnsafeSlow(4096);
  let used = 0;
  let valid = new Uint8Array(128);
  let count = 0;
  let nullCount = 0;
  return {
    add(value) {
      if (count >> 3 === valid.length) {
        const larger = new Uint8Array(2 * valid.length);
        larger.set(valid);
        valid = larger;
      }
      if (value === null) nullCount += 1;
      else {
        // A UTF-16 code unit takes at most 3 bytes.
        if (used + 3 * value.length > data.length) {
          const larger = Buffer.allocUnsafeSlow(2 * data.length + 3 * value.length);
          larger.set(data.subarray(0, used));
          data = larger;
        }
        used += data.write(value, used, 'utf8');
        valid[count >> 3]! |= 1 << (count & 7);
      }
      count += 1;
      offsets.repeat(used, 1);
    },
    get count() {
      return count;
    },
    get nullCount() {
      return nullCount;
    },
    offsets: () => {
      const { buffer, length } = offsets.values();
      return new Int32Array(buffer, 0, length);
    },
    bytes: () => new Uint8Array(data.buffer, 0, used),
    validity: () => valid.subarray(0, (count + 7) >> 3),
  };
}
