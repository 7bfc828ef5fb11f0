import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { discover } from '../../../src/read/input/discover.ts';
import { createUnitHash, hashInput } from '../../../src/read/input/hash-input.ts';
import { createReadCounts, read } from '../../../src/read/read.ts';
import { errorOf, readSource, sourceOf, splitUnits, temporaryFolder } from '../helpers.ts';
import { folderInputs, recordInputs } from '../inputs.ts';

test('the hash is of the name, the size and exactly the bytes of the unit', async () => {
  const path = join(temporaryFolder(), 'a.jsonl');
  writeFileSync(path, 'one\ntwo\n');
  const units = await splitUnits((await discover(sourceOf(path))).units, 4);
  const expected = ['one\n', 'two\n'].map((text) =>
    createHash('sha256').update(`7:a.jsonl 4\n${text}`).digest('hex'),
  );
  expect(await Promise.all(units.map(hashInput))).toEqual(expected);
});

test('a joined unit: moving text from one file to the next, or renaming a file, changes the hash', async () => {
  const hashOf = async (files: Record<string, string>) => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'r'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'r', name), text);
    const [unit] = (await discover(sourceOf(root, { join: 'directory' }))).units;
    return hashInput(unit!);
  };
  const hash = await hashOf({ 'a.txt': 'ab', 'b.txt': 'c' });
  expect(await hashOf({ 'a.txt': 'ab', 'b.txt': 'c' })).toBe(hash);
  expect(await hashOf({ 'a.txt': 'a', 'b.txt': 'bc' })).not.toBe(hash);
  expect(await hashOf({ 'a.txt': 'ab', 'c.txt': 'c' })).not.toBe(hash);
});

describe('a hash that is made while a unit is read', () => {
  const inputs = { ...recordInputs, ...folderInputs };
  it.each(Object.keys(inputs))('is that of its files: %s', async (name) => {
    const path = inputs[name]!();
    const isFolder = name.startsWith('a directory');
    for (const source of [sourceOf(path), ...(isFolder ? [sourceOf(path, { join: 'directory' })] : [])]) {
      for (const unit of (await splitUnits((await discover(source)).units, 5000)).slice(0, 5)) {
        const hash = createUnitHash(unit);
        for await (const _ of read(unit, createReadCounts(), { hash }));
        expect(await hash.digest()).toBe(await hashInput(unit));
      }
    }
  });

  it('needs no second look at text and JSON Lines', async () => {
    for (const name of ['jsonl', 'jsonl.gz', 'jsonl.zst', 'a directory of .txt.br']) {
      const path = inputs[name]!();
      for (const unit of (await discover(sourceOf(path))).units.slice(0, 2)) {
        const expected = await hashInput(unit);
        const hash = createUnitHash(unit);
        for await (const _ of read(unit, createReadCounts(), { hash }));
        rmSync(unit.files[0]!.path);
        expect(await hash.digest()).toBe(expected);
      }
    }
  });
});

test('a file that shrank since it was discovered is an error', async () => {
  const path = join(temporaryFolder(), 'a.txt');
  writeFileSync(path, 'long text');
  const [unit] = (await discover(sourceOf(path))).units;
  writeFileSync(path, 'short');
  expect(await errorOf(hashInput(unit!))).toMatchObject({
    code: 'input-changed',
    where: path,
  });
  expect((await readSource(sourceOf(path))).documents[0]!.text).toBe('short');
});
