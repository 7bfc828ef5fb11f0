/** A store made of files elsewhere is the store made of the same files here, and says what it took. */
import { cpSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureStore } from '../../../src/build/store/token-store.ts';
import { stampOf } from '../../../src/execute/part-notes.ts';
import { defaultRecipe } from '../../../src/recipe/default-recipe.ts';
import { recipeFrom } from '../../../src/recipe/recipe-from.ts';
import { folderInputs, recordInputs } from '../../read/inputs.ts';
import { fileServer } from '../../support/file-server.ts';
import { hashes, temporaryFolder } from '../../support/folder.ts';

async function storeOf(
  path: string,
  name = 'corpus',
  folder = temporaryFolder(),
): Promise<Record<string, string>> {
  await ensureStore(defaultRecipe(path, name), folder, { workers: 1 });
  return hashes(folder);
}

test.each(Object.keys(recordInputs))('over HTTP, %s gives the same store', async (name) => {
  const path = recordInputs[name]!();
  const { address } = await fileServer(dirname(path));
  expect(await storeOf(`${address}/${basename(path)}`)).toEqual(await storeOf(path));
});

test('requests that had to be sent again are told in one line', async () => {
  const path = recordInputs.jsonl!();
  const { address } = await fileServer(dirname(path), (_, answer, number) => {
    if (number % 3 === 0) return false;
    answer.writeHead(503).end();
    return true;
  });
  const notes: string[] = [];
  const progress = {
    start() {},
    advance() {},
    end() {},
    note: (text: string) => void notes.push(text),
    aside() {},
  };
  await ensureStore(defaultRecipe(`${address}/${basename(path)}`), temporaryFolder(), {
    workers: 1,
    progress,
  });
  expect(notes).toEqual([
    expect.stringMatching(/^\d+ requests to http:\/\/127\.0\.0\.1:\d+ were tried again$/),
  ]);
}, 60_000);

test('a signed query is in no file of the store, and two queries of one file are refused', async () => {
  const path = recordInputs.jsonl!();
  const { address } = await fileServer(dirname(path), (request, answer) => {
    if (request.url!.endsWith('?sig=hunter2')) return false;
    answer.writeHead(403).end();
    return true;
  });
  const file = `${address}/${basename(path)}`;
  const folder = temporaryFolder();
  const recipe = recipeFrom({ sources: { corpus: `${file}?sig=hunter2` } });
  await ensureStore(recipe, folder, { workers: 1 });
  expect(JSON.stringify(recipe)).not.toContain('hunter2');
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(all.length).toBeGreaterThan(3);
  for (const entry of all)
    expect(readFileSync(join(entry.parentPath, entry.name), 'latin1')).not.toContain('hunter2');
  expect(() => recipeFrom({ sources: { a: `${file}?sig=1`, b: `${file}?sig=2` } })).toThrow(/another source/);
});

test('a store is of its remote inputs while they have the same etag, and is brought up to date once they change', async () => {
  const here = temporaryFolder();
  const path = join(here, 'a.jsonl');
  writeFileSync(path, '{"text": "one two"}\n');
  const { address, sent } = await fileServer(here);
  const folder = temporaryFolder();
  const before = await storeOf(`${address}/a.jsonl`, 'corpus', folder);
  sent.bytes = 0;
  expect(await storeOf(`${address}/a.jsonl`, 'corpus', folder)).toEqual(before);
  // Asked whether it is the same, and no more.
  expect(sent.bytes).toBeLessThan(10);
  writeFileSync(path, '{"text": "ten six"}\n');
  utimesSync(path, new Date(), new Date(Date.now() + 60_000));
  const after = await storeOf(`${address}/a.jsonl`, 'corpus', folder);
  expect(after).not.toEqual(before);
  expect(after['store.json']).toBe((await storeOf(`${address}/a.jsonl`, 'corpus'))['store.json']);
});

test('a store that was made of local files is that of the same files elsewhere', async () => {
  const root = folderInputs['a directory of .txt']!();
  const here = temporaryFolder();
  mkdirSync(join(here, 'x'));
  cpSync(join(root, 'part-0', '000.txt'), join(here, 'x', 'a.txt'));
  const { address } = await fileServer(join(here, 'x'));
  const folder = temporaryFolder();
  const before = await storeOf(join(here, 'x', 'a.txt'), 'corpus', folder);
  expect(await storeOf(`${address}/a.txt`, 'corpus', folder)).toEqual(before);
});

test('what a server gives no version is read again each time, and is not taken from a cache', async () => {
  const here = temporaryFolder();
  const path = join(here, 'a.jsonl');
  const { address } = await fileServer(here, (_request, answer) => {
    const writeHead = answer.writeHead.bind(answer) as (status: number, headers?: object) => typeof answer;
    answer.writeHead = ((status: number, { etag: _, ...headers }: Record<string, unknown> = {}) =>
      writeHead(status, headers)) as typeof answer.writeHead;
    return false;
  });
  const cache = { folder: temporaryFolder(), bytes: 1e9 };
  const recordOf = async (text: string, folder: string) => {
    writeFileSync(path, `{"text": "${text}"}\n`);
    await ensureStore(defaultRecipe(`${address}/a.jsonl`, 'corpus'), folder, { workers: 1, cache });
    return hashes(folder)['store.json'];
  };
  const folder = temporaryFolder();
  const first = await recordOf('one two', folder);
  const second = await recordOf('ten six', folder);
  expect(second).not.toBe(first);
  expect(second).toBe(await recordOf('ten six', temporaryFolder()));
});

test('a file of the hub is known by its content, whatever the commit', () => {
  const unitAt = (path: string) => ({
    files: [{ path, name: 'a.txt', bytes: 3, stamp: 'oid', format: 'text', compression: 'none' } as const],
  });
  const at = (commit: string) => stampOf(unitAt(`hf://datasets/me/x@${commit}/a.txt`));
  expect(at('1234')).toBe(at('abcd'));
  expect(at('1234')).not.toBe(stampOf(unitAt('hf://datasets/me/y@1234/a.txt')));
});
