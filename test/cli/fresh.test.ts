/** `--fresh` replaces existing output only after all checks have passed, so that a mistake loses nothing. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { hashes } from '../support/folder.ts';
import { expectMessage, jsonLines, workplace } from '../support/in-process.ts';
import { partFilesIn, partsOf } from '../support/store-files.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());

const recipe = (more = '') => place.write('mix.yaml', `sources: { web: ./web.jsonl }\n${more}`);

beforeEach(async () => {
  rmSync(join(place.path, 'made'), { recursive: true, force: true });
  place.write('web.jsonl', jsonLines(60));
  recipe();
  expect((await place.run('build', 'mix.yaml', '--out', 'made', '--quiet')).code).toBe(0);
});

test.each([
  ['build', 'a source that is not there', 'sources: { web: ./wbe.jsonl }\n', /wbe\.jsonl/],
  ['build', 'a tokenizer that is none', 'tokenizer: { file: ./web.jsonl }\n', /web\.jsonl/],
  ['build', "a mix that can't be had", 'mix: { tokens: 900M, method: drop }\n', /900M|900,000,000/],
  ['build', "a field that the records don't have", 'FIELD', /no field "txt"/],
  ['tokenize', "a field that the records don't have", 'FIELD', /no field "txt"/],
  ['tokenize', 'a tokenizer that is none', 'tokenizer: { file: ./web.jsonl }\n', /web\.jsonl/],
])('%s with %s keeps all that was there', async (command, _, more, what) => {
  const before = hashes(join(place.path, 'made'));
  if (more === 'FIELD') place.write('mix.yaml', 'sources: { web: { path: ./web.jsonl, text: txt } }\n');
  else if (more.startsWith('sources')) place.write('mix.yaml', more);
  else recipe(more);
  const out = command === 'build' ? 'made' : 'made/store';
  expectMessage(await place.run(command, 'mix.yaml', '--out', out, '--fresh'), 2, what);
  expect(hashes(join(place.path, 'made'))).toEqual(before);
});

test('it makes the same again', async () => {
  const before = hashes(join(place.path, 'made'));
  expect((await place.run('build', 'mix.yaml', '--out', 'made', '--fresh', '--quiet')).code).toBe(0);
  expect(hashes(join(place.path, 'made'))).toEqual(before);
});

test('parts of a source that the recipe no longer has stay, with their entry in the record', async () => {
  const parts = () => partFilesIn(join(place.path, 'made/store'));
  place.write('mix.yaml', 'sources: { notes: ./web.jsonl, web: ./web.jsonl }\n');
  const build = ['build', 'mix.yaml', '--out', 'made', '--fresh', '--quiet'];
  expect((await place.run(...build)).code).toBe(0);
  expect(parts()).toHaveLength(4);
  recipe();
  expect((await place.run(...build)).code).toBe(0);
  expect(parts()).toHaveLength(4);
  expect(partsOf(join(place.path, 'made/store'))).toHaveLength(2);
});
