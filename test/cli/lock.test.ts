/** Two commands on one folder: the second is refused, and the lock of a dead command blocks nobody. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { build } from '../../src/build/build.ts';
import { defaultRecipe } from '../../src/recipe/default-recipe.ts';
import { expectMessage, filesBelow, jsonLines, shell, start, until, workplace } from '../support/command.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
const at = (name: string): string => join(place.path, name);
const lock = (out: string) => at(`${out}/.longmix.lock`);
place.write('mix.yaml', 'sources: { web: ./web.jsonl }\nsequences: { length: 256 }\n');
place.write('web.jsonl', jsonLines(50));

/** A build that waits for its corpus, so that it is at work as long as a test wants. */
async function waiting(out: string) {
  const started = start(['build', '-', '--out', out], { cwd: place.path, input: null });
  await until('the lock', () => existsSync(lock(out)) && readFileSync(lock(out), 'utf8').endsWith('}'));
  return started;
}

test('a second build into a folder is refused, the first goes on', async () => {
  const { child, finished } = await waiting('out');
  const outcome = await place.run('build', 'mix.yaml', '--out', 'out');
  expectMessage(
    outcome,
    1,
    `another longmix is writing here (process ${child.pid}`,
    /wait until it has finished/,
  );
  child.stdin!.end(jsonLines(20));
  expect((await finished).code).toBe(0);
  expect(existsSync(lock('out'))).toBe(false);
  expect((await place.run('verify', 'out', '--deep')).code).toBe(0);
});

test('so is one that would make the same token store', async () => {
  const { child, finished } = await waiting('mine');
  writeFileSync(
    at('shared.yaml'),
    `sources: { web: ./web.jsonl }\nstore: ./mine\nsequences: { length: 256 }\n`,
  );
  const outcome = await place.run('build', 'shared.yaml', '--out', 'other');
  expectMessage(outcome, 1, 'mine: another longmix is writing here');
  child.kill('SIGKILL');
  await finished;
});

test('nor does a second one touch what the first has from its standard input', async () => {
  const first = start(['tokenize', '-', '--out', 'fed'], { cwd: place.path, input: null });
  await until('the lock', () => existsSync(lock('fed')));
  const second = await shell('longmix tokenize - --out fed', { cwd: place.path, input: jsonLines(30) });
  expectMessage(second, 1, 'another longmix is writing here');
  first.child.stdin!.end(jsonLines(20));
  expect((await first.finished).code).toBe(0);
  expect(JSON.parse(readFileSync(at('fed/store.json'), 'utf8')).totals.documents).toBe(20);
});

test('the output may not be the folder of the store, where verify would not see the shards', async () => {
  place.write('one.yaml', 'sources: { web: ./web.jsonl }\nstore: ./one\nsequences: { length: 256 }\n');
  expectMessage(await place.run('build', 'one.yaml', '--out', 'one'), 2, /is the output folder, too/);
  expect(existsSync(at('one'))).toBe(false);
});

test('processes that ask for it again and again never have it at once', async () => {
  place.write('shared/none.txt', '');
  const library = new URL('../../dist/storage/lock.js', import.meta.url).href;
  const script = place.write(
    'ask.mjs',
    `import { rmSync, writeFileSync } from 'node:fs';
import { withLock } from ${JSON.stringify(library)};
for (let done = 0; done < 60; ) {
  try {
    await withLock('shared', async () => {
      writeFileSync('inside', '', { flag: 'wx' });
      await new Promise((resolve) => setTimeout(resolve, 1));
      rmSync('inside');
    });
    done += 1;
  } catch (error) {
    if (error.code !== 'folder-busy') throw error;
  }
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 2));
}
`,
  );
  const node = `'${process.execPath}' '${script}'`;
  const all = ['a', 'b', 'c'];
  const begin = all.map((name) => `${node} & ${name}=$!; `).join('');
  const line = `${begin}${all.map((name) => `wait $${name}`).join(' && ')}`;
  const ended = await shell(line, { cwd: place.path });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(filesBelow(at('shared'))).toEqual(['none.txt']);
});

test('a killed one left its mark: the next build takes over', async () => {
  const { child, finished } = await waiting('killed');
  child.kill('SIGKILL');
  await finished;
  expect(existsSync(lock('killed'))).toBe(true);
  expect((await place.run('build', 'mix.yaml', '--out', 'killed')).code).toBe(0);
  expect(existsSync(lock('killed'))).toBe(false);
});

test.each([
  ['another host', { host: 'no-such-host', pid: 1, began: null }],
  ['another process by that number', { host: hostname(), pid: 1, began: 'an earlier boot 17' }],
  ['nobody that can be read', 'torn'],
])('so it does from %s', async (_, mark) => {
  place.write('left/.longmix.lock', typeof mark === 'string' ? mark : JSON.stringify(mark));
  expect((await place.run('build', 'mix.yaml', '--out', 'left')).code).toBe(0);
});

test('two builds of one process', async () => {
  const recipe = defaultRecipe(at('web.jsonl'));
  const first = build(recipe, at('twice'), { workers: 1 });
  await expect(build(recipe, at('twice'), { workers: 1 })).rejects.toMatchObject({ code: 'folder-busy' });
  await first;
  expect((await build(recipe, at('twice'), { workers: 1 })).written).toBe(false);
});
