/** Tables kept between processes give the same tokenizer or none, but never a wrong one. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { openShared } from '../../../src/tokenize/engine/kernel-tokenizer.ts';
import { loadTables } from '../../../src/tokenize/engine/load-tables.ts';
import { keepTables, readTables } from '../../../src/tokenize/engine/table-cache.ts';
import { loadTokenizer } from '../../../src/tokenize/load.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { smallFile } from '../small-file.ts';

const text = Buffer.from(
  "It's a test: caf\u00e9 1234 <|endoftext|> <think>\r\n\r\n\t\u{1f44d} \u2581 \u0344",
);
const encoding = { encoding: 'gpt2' };

afterEach(() => vi.unstubAllEnvs());

/** An empty cache for this test. */
function cacheFolder(): string {
  const folder = join(temporaryFolder(), 'cache');
  vi.stubEnv('LONGMIX_CACHE', folder);
  return folder;
}

const filesIn = (folder: string) => readdirSync(folder).map((name) => join(folder, name));

it.each(['llama2', 'llama3', 'qwen3', 'gemma3'] as const)('gives back the tables of %s', async (name) => {
  const folder = cacheFolder();
  const file = join(temporaryFolder(), 'tokenizer.json');
  writeFileSync(file, JSON.stringify(smallFile(name)));
  const spec = { file, pattern: null };
  expect(readTables(spec)).toBe(null);
  const made = await loadTables(spec);
  expect(filesIn(folder)).toHaveLength(1);
  const again = await loadTables(spec);
  expect(again.shared).not.toBe(made.shared);
  expect(again).toEqual(made);
  const [first, second] = await Promise.all([openShared(made.shared!), openShared(again.shared!)]);
  expect([...second.encode(text, [text.length]).tokens]).toEqual([
    ...first.encode(text, [text.length]).tokens,
  ]);
  expect(second.safeCut(Buffer.from('some words'))).toBe(first.safeCut(Buffer.from('some words')));
});

it('is made anew when the file, or what lies beside it, is another', async () => {
  cacheFolder();
  const here = temporaryFolder();
  const file = join(here, 'tokenizer.json');
  writeFileSync(file, JSON.stringify(smallFile('llama3')));
  const spec = { file, pattern: null };
  await loadTables(spec);
  expect(readTables(spec)).not.toBe(null);
  writeFileSync(join(here, 'tokenizer_config.json'), '{}');
  expect(readTables(spec)).toBe(null);
  await loadTables(spec);
  writeFileSync(file, JSON.stringify(smallFile('llama3', 3_000)));
  expect(readTables(spec)).toBe(null);
});

it('is none where a byte of the file is another, or the file is cut off', async () => {
  const folder = cacheFolder();
  const { shared } = await loadTokenizer(encoding);
  keepTables(encoding, shared!);
  const [file] = filesIn(folder);
  const whole = readFileSync(file!);
  expect(readTables(encoding)).not.toBe(null);
  for (const at of [0, 5, 9, 20, 100, whole.length >> 1, whole.length - 1]) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 0x10;
    writeFileSync(file!, damaged);
    expect(readTables(encoding), `byte ${at}`).toBe(null);
  }
  for (const length of [0, 7, 16, 200, whole.length - 1]) {
    writeFileSync(file!, whole);
    truncateSync(file!, length);
    expect(readTables(encoding), `${length} bytes`).toBe(null);
  }
  // And it is mended.
  await loadTables(encoding);
  expect(readFileSync(file!).equals(whole)).toBe(true);
});

it('keeps the last few that were used', async () => {
  const folder = cacheFolder();
  mkdirSync(folder);
  const old = Array.from({ length: 9 }, (_, i) => join(folder, `tables-${String(i).padStart(40, '0')}`));
  for (const [i, file] of old.entries()) {
    writeFileSync(file, 'old');
    utimesSync(file, 1000 + i, 1000 + i);
  }
  writeFileSync(join(folder, 'not ours'), '');
  await loadTables(encoding);
  expect(old.map((file) => existsSync(file))).toEqual([...Array(4).fill(false), ...Array(5).fill(true)]);
  expect(existsSync(join(folder, 'not ours'))).toBe(true);
  expect(readTables(encoding)).not.toBe(null);
});

it('removes what a killed process left half written, and not what another is writing', async () => {
  const folder = cacheFolder();
  mkdirSync(folder);
  const [left, now, other] = ['.longmix-host-11-0-1.tmp', '.longmix-host-12-0-1.tmp', 'a.1.tmp'];
  for (const name of [left, now, other]) writeFileSync(join(folder, name), '');
  for (const name of [left, other]) utimesSync(join(folder, name), 1000, 1000);
  await loadTables(encoding);
  expect([left, now, other].map((name) => existsSync(join(folder, name)))).toEqual([false, true, true]);
});

it('does without a folder that it cannot use, and without one at all', async () => {
  const file = join(temporaryFolder(), 'a file');
  writeFileSync(file, '');
  for (const folder of [file, join(file, 'below'), '/proc/longmix/below', '']) {
    vi.stubEnv('LONGMIX_CACHE', folder);
    expect((await loadTables(encoding)).shared).not.toBe(null);
    expect(readTables(encoding)).toBe(null);
  }
});

it('leaves it to the loader to say what is wrong', async () => {
  cacheFolder();
  await expect(loadTables({ encoding: 'none' })).rejects.toMatchObject({ code: 'tokenizer-unknown' });
  await expect(loadTables({ file: '/nowhere/tokenizer.json', pattern: null })).rejects.toMatchObject({
    code: 'tokenizer-missing',
  });
});
