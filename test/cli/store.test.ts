/** `longmix store`, and where stores are found again. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { keepForJob } from '../../src/build/store/store-uses.ts';
import { hashes } from '../support/folder.ts';
import { expectMessage, jsonLines, workplace } from '../support/in-process.ts';
import { partFilesIn, partsOf } from '../support/store-files.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
const at = (name: string): string => join(place.path, name);

beforeEach(() => {
  for (const name of ['out', 'stores']) rmSync(at(name), { recursive: true, force: true });
  place.write('web.jsonl', jsonLines(60, 'text'));
  place.write('books/a.txt', 'a book');
  place.write('mix.yaml', 'sources: { web: ./web.jsonl, books: ./books }\nsequences: { length: 64 }\n');
});

/** With the variable as users have it; the tests' own setting keeps stores apart. */
function withVariable(value: string | undefined): void {
  const before = process.env.LONGMIX_STORE;
  if (value === undefined) delete process.env.LONGMIX_STORE;
  else process.env.LONGMIX_STORE = value;
  onTestFinished(() => {
    process.env.LONGMIX_STORE = before;
  });
}

async function ok(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const outcome = await place.run(...args);
  expect(outcome).toMatchObject({ code: 0 });
  return outcome;
}

const inodes = (store: string) => partFilesIn(at(store)).map((name) => statSync(join(at(store), name)).ino);

test('prune removes what the corpus no longer has, and nothing else', async () => {
  await ok('build', 'mix.yaml', '--quiet');
  const store = at('out/mix/store');
  const old = partsOf(store);
  place.write('books/a.txt', 'another book');
  writeFileSync(join(store, 'part-notes.txt'), 'mine');
  writeFileSync(join(store, 'part-00000000000000aa.tokens'), 'mine, too');
  await ok('build', 'mix.yaml', '--quiet');
  const files = partFilesIn(store);
  const listed = JSON.parse((await ok('store', 'list', '--json')).stdout);
  expect(listed).toMatchObject([{ store: 'out/mix/store', parts: 2, unneeded: { parts: 1 } }]);
  expect(listed[0].unneeded.files.map((name: string) => name.split('.')[0])).toContain(old[0]!.split('.')[0]);
  expect((await ok('store', 'prune', '--dry-run')).stdout).toMatch(
    /^out\/mix\/store: would remove 1 part, [\d,]+ B\n$/,
  );
  expect(partFilesIn(store)).toEqual(files);
  const shards = hashes(at('out/mix/train'));
  expect((await ok('store', 'prune', 'out/mix/store')).stdout).toMatch(/: removed 1 part, /);
  expect(partFilesIn(store)).toEqual(files.filter((name) => !listed[0].unneeded.files.includes(name)));
  expect((await ok('store', 'prune')).stdout).toBe('out/mix/store: nothing to remove\n');
  await ok('verify', 'out/mix', '--deep');
  expect((await ok('build', 'mix.yaml')).stderr).toContain('Already built');
  expect(hashes(at('out/mix/train'))).toEqual(shards);
});

test('a store in the folder of a build is refused, before anything is written there', async () => {
  await ok('build', 'mix.yaml', '--quiet');
  const before = hashes(at('out/mix'));
  for (const [out, store] of [
    ['out/other', 'out/mix'],
    ['out/other', 'out/mix/train'],
    ['out/other', 'out/other'],
  ] as const) {
    const refused = await place.run('build', 'mix.yaml', '--out', out, '--store', store);
    expectMessage(
      refused,
      2,
      /the folder of the token store, .* is (the output of a build|the output folder)/,
    );
    expect(refused.stderr).toContain('--store');
  }
  expect(hashes(at('out/mix'))).toEqual(before);
  expect(existsSync(at('out/other'))).toBe(false);
});

test('list shows stores, their sources, and when they were used last', async () => {
  await ok('build', 'mix.yaml', '--quiet');
  const { stdout } = await ok('store', 'list', 'out/mix/store');
  const today = new Date().toISOString().slice(0, 10);
  expect(stdout).toMatch(
    new RegExp(`^out/mix/store +cl100k_base|^out/mix/store +\\S+ +2 +2 .* ${today} \\d\\d:\\d\\d$`, 'm'),
  );
  expect(stdout).toMatch(/^books +1 +\d+$/m);
  expectMessage(await place.run('store', 'list', 'books'), 2, 'no finished token store in books');
  expectMessage(await place.run('store', 'burn'), 2, /list, prune/);
});

test('prune waits for nobody who uses the store', async () => {
  await ok('build', 'mix.yaml', '--quiet');
  const mark = at('out/mix/store/.longmix/uses/other.json');
  // The first process of this machine, which is there as long as the machine is.
  writeFileSync(mark, JSON.stringify({ host: hostname(), pid: 1, began: null, since: 'then' }));
  expectMessage(
    await place.run('store', 'prune'),
    1,
    /in use \(process 1, since then\)/,
    /remove out.mix.store.*other\.json/,
  );
  writeFileSync(mark, JSON.stringify({ host: 'elsewhere', pid: 7, began: null, since: 'then' }));
  expectMessage(await place.run('store', 'prune'), 1, /in use \(process 7 of elsewhere/);
  writeFileSync(mark, JSON.stringify({ host: hostname(), pid: 2 ** 30, began: null, since: 'then' }));
  await ok('store', 'prune');
});

test('prune waits for a list of tasks that is not done', async () => {
  const byHand = ['build', 'mix.yaml', '--engine', 'by-hand', '--quiet'];
  await ok(...byHand);
  const list = (folder: string, stage: string) => {
    const jobs = join(folder, '.longmix/jobs');
    return join(jobs, readdirSync(at(jobs)).find((name) => name.startsWith(stage))!);
  };
  await ok('worker', list('out/mix/store', 'tokenize'), '--tasks', '0-1', '--quiet');
  await ok(...byHand);
  expectMessage(await place.run('store', 'prune'), 1, /in use \(the list of tasks .*shard\.jsonl\)/);
  // The store goes on while the list waits: its tasks keep to what the list was made of.
  place.write('books/a.txt', 'another book');
  await ok('tokenize', 'mix.yaml', '--quiet');
  await ok('worker', list('out/mix', 'shard'), '--task', '0', '--quiet');
  place.write('books/a.txt', 'a book');
  await ok(...byHand);
  await ok('store', 'prune');
  await ok('verify', 'out/mix', '--deep');
  // A command that was stopped right before it took its mark away.
  keepForJob(at('out/mix/store'), at(list('out/mix', 'shard')));
  expectMessage(await place.run('store', 'prune'), 1, /in use/);
  await ok(...byHand);
  await ok('store', 'prune');
});

test('two recipes that run by hand over one store have a list each', async () => {
  place.write('other.yaml', 'sources: { books: ./books, more: ./web.jsonl }\nsequences: { length: 64 }\n');
  const step = (recipe: string) =>
    ok('tokenize', recipe, '--store', 'stores', '--engine', 'by-hand', '--json', '--quiet').then(
      ({ stdout }) => JSON.parse(stdout) as { job: string; left: number[] },
    );
  const lists = [await step('mix.yaml'), await step('other.yaml')];
  for (const { job, left } of lists) {
    expect(left).toEqual([0, 1]);
    await ok('worker', job, '--tasks', '0-1', '--quiet');
  }
  expectMessage(await place.run('store', 'prune', 'stores'), 2, /store/);
  for (const recipe of ['mix.yaml', 'other.yaml']) await step(recipe);
  await ok('store', 'prune', 'stores');
  expect(readdirSync(at('stores/.longmix/jobs'))).toEqual([]);
});

test('another --out takes the tokens of the builds beside it', async () => {
  withVariable(undefined);
  await ok('build', 'mix.yaml', '--quiet');
  const { stderr } = await ok('build', 'mix.yaml', '--out', 'out/again');
  expect(stderr).toMatch(/2 parts of the tokens taken from .*out\/mix\/store\n/);
  expect(inodes('out/again/store')).toEqual(inodes('out/mix/store'));
  expect(hashes(at('out/again'))).toEqual(hashes(at('out/mix')));
  // What was lent is still known to be good, and stays when the other goes.
  expect(readFileSync(at('out/mix/store/.longmix/files.json'), 'utf8')).toContain(
    statSync(join(at('out/mix/store'), partsOf(at('out/mix/store'))[0]!)).ctimeMs.toString(),
  );
  rmSync(at('out/mix'), { recursive: true });
  await ok('verify', 'out/again', '--deep');
  // Files that were written to since are not taken.
  const [part] = partsOf(at('out/again/store'));
  const bytes = readFileSync(join(at('out/again/store'), part!));
  bytes[3]! ^= 1;
  writeFileSync(join(at('out/again/store'), part!), bytes);
  expect((await ok('build', 'mix.yaml', '--out', 'out/third')).stderr).toMatch(
    /1 part of the tokens taken from/,
  );
  await ok('verify', 'out/third', '--deep');
  // Nor is anything with --fresh, or with the variable empty.
  expect((await ok('build', 'mix.yaml', '--out', 'out/fourth', '--fresh')).stderr).not.toContain(
    'taken from',
  );
  process.env.LONGMIX_STORE = '';
  expect((await ok('build', 'mix.yaml', '--out', 'out/fifth')).stderr).not.toContain('taken from');
});

test('LONGMIX_STORE names a folder with a store for each tokenizer', async () => {
  withVariable(at('stores'));
  await ok('build', 'mix.yaml', '--quiet');
  expect(existsSync(at('out/mix/store'))).toBe(false);
  expect((await ok('build', 'mix.yaml', '--out', 'out/again')).stderr).toContain('tokens reused');
  await ok('build', 'mix.yaml', '--out', 'out/other', '--tokenizer', 'gpt2', '--quiet');
  expect(hashes(at('out/mix/train'))).not.toEqual(hashes(at('out/other/train')));
  const listed = JSON.parse((await ok('store', 'list', '--json')).stdout) as {
    fingerprint: string;
    store: string;
  }[];
  expect(listed).toHaveLength(2);
  for (const { fingerprint, store } of listed)
    expect(store).toBe(join(at('stores'), fingerprint.slice(0, 16)));
  await ok('verify', 'out/mix', '--deep');
  // A recipe that names its store keeps it.
  await ok('build', 'mix.yaml', '--out', 'out/own', '--store', at('own'), '--quiet');
  expect(partsOf(at('own'))).toHaveLength(2);
});

test('a store of an earlier longmix is read as it is, and made again by what builds', async () => {
  await ok('build', 'mix.yaml', '--quiet');
  const file = at('out/mix/store/store.json');
  const record = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...record, version: 4 }));
  await ok('verify', 'out/mix/store', '--deep');
  await ok('stats', 'out/mix/store');
  const { stderr } = await ok('build', 'mix.yaml');
  expect(stderr).toContain('is made again, because an earlier longmix made it');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(record);
});

test('a damaged record is refused, and --fresh makes all of it again', async () => {
  await ok('build', 'mix.yaml', '--quiet');
  const before = hashes(at('out/mix'));
  writeFileSync(at('out/mix/store/store.json'), '{');
  expectMessage(await place.run('build', 'mix.yaml', '--quiet'), 1, 'it is not JSON', '--fresh');
  await ok('build', 'mix.yaml', '--quiet', '--fresh');
  expect(hashes(at('out/mix'))).toEqual(before);
});
