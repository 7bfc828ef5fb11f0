/** A file of columns: any range of any column can be read, and only the bytes read are checked. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  DamagedColumns,
  type NumberColumn,
  openColumns,
  writeColumns,
} from '../../src/storage/columns-file.ts';
import { temporaryFolder } from '../support/folder.ts';

/** Three blocks and a bit. */
const long = Uint32Array.from({ length: 800_001 }, (_, i) => Math.imul(i, 2_654_435_761));
const short = Uint16Array.of(1, 2, 65_535);

function written(): string {
  const path = join(temporaryFolder(), 'some.columns');
  writeColumns(path, { of: 'tests' }, { long, short, none: new Uint32Array(0) });
  return path;
}

/** `toEqual` takes seconds for so many numbers. */
function expectSame(found: NumberColumn, expected: NumberColumn): void {
  expect(found.constructor).toBe(expected.constructor);
  const bytes = ({ buffer, byteOffset, byteLength }: NumberColumn) =>
    Buffer.from(buffer, byteOffset, byteLength);
  expect(bytes(found).equals(bytes(expected))).toBe(true);
}

it('gives any stretch, over the edges of blocks too', () => {
  const file = openColumns(written());
  expect(file.about).toEqual({ of: 'tests' });
  const block = 1024 * 256;
  const stretches = [
    [0, 0],
    [0, 1],
    [block - 1, block],
    [block - 1, block + 1],
    [block, 2 * block],
    [5, 3 * block + 5],
    [800_000, 800_001],
    [0, 800_001],
  ] as const;
  for (const [from, to] of stretches) {
    expectSame(file.read('long', from, to), long.subarray(from, to));
    const into = new Uint32Array(to - from);
    file.copy('long', from, into);
    expectSame(into, long.slice(from, to));
  }
  expect(() => file.copy('long', 800_000, new Uint32Array(2))).toThrow(DamagedColumns);
  expect(() => file.copy('short', 0, new Uint32Array(1))).toThrow(DamagedColumns);
  expect(file.read('short', 1, 3)).toEqual(short.subarray(1));
  expect([file.length('long'), file.length('none')]).toEqual([800_001, 0]);
  expect(file.read('none', 0, 0)).toEqual(new Uint32Array(0));
  expect(() => file.read('long', 800_000, 800_002)).toThrow(DamagedColumns);
  expect(() => file.read('other', 0, 1)).toThrow(DamagedColumns);
  file.close();
});

it('checks the blocks that a stretch is in, and no others', () => {
  const path = written();
  const bytes = readFileSync(path);
  const at = bytes.indexOf(Buffer.from(long.buffer, 4 * 300_000, 16));
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
  const file = openColumns(path);
  expectSame(file.read('long', 0, 1000), long.subarray(0, 1000));
  expect(() => file.read('long', 299_000, 299_001)).toThrow('block 1 of column long has changed');
  file.close();
});
