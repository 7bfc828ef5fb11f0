/** Text extraction, through the built command: what is refused before work begins, and what a store remembers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectMessage, type Workplace, workplace } from '../support/in-process.ts';

let place: Workplace & Disposable;
beforeEach(() => {
  place = workplace();
});
afterEach(() => place[Symbol.dispose]());

const recipe = (source: string): void => {
  place.write('mix.yaml', `sources: { a: ${source} }\n`);
};

test('a program that is not there is told before anything is read', async () => {
  place.write('a/1.pdf', 'x');
  recipe('{ path: ./a, command: [no-such-program, "{file}"] }');
  expectMessage(
    await place.run('build', 'mix.yaml'),
    2,
    /source "a": there is no program no-such-program/,
    /install it/,
  );
});

test('mistakes about command: and extract: are told in their place', async () => {
  place.write('a/1.pdf', 'x');
  for (const [source, message] of [
    ['{ path: ./a, command: [cat] }', /mix\.yaml:1:\d+: sources\.a\.command: .*no word contains \{file\}/],
    ['{ path: ./a, command: cat }', /sources\.a\.command: .*expected a program and its words/],
    [
      '{ path: ./a, command: [cat, "{file}"], format: text }',
      /sources\.a\.format: `command` already reads the files/,
    ],
    ['{ path: "-", command: [cat, "{file}"] }', /standard input has no path/],
    ['{ path: ./a, format: epub, extract: false }', /sources\.a\.extract: an EPUB is an archive/],
  ] as const) {
    recipe(source);
    const { code, stderr } = await place.run('plan', 'mix.yaml');
    expect(stderr.match(/^longmix: /gm), stderr).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  }
});

test('the words of a command are of the store: with others it is made anew', async () => {
  place.write('a/1.pdf', 'text of a file');
  recipe('{ path: ./a, command: [cat, "{file}"] }');
  expect(await place.run('build', 'mix.yaml', '--quiet')).toMatchObject({ code: 0, stderr: '' });
  expect(await place.run('build', 'mix.yaml', '--quiet')).toMatchObject({ code: 0, stderr: '' });
  recipe('{ path: ./a, command: [head, -c, "4", "{file}"] }');
  expectMessage(await place.run('build', 'mix.yaml'), 2, /what differs: sources/);
  const { code, stderr } = await place.run('tokenize', 'mix.yaml', '--out', 'out/mix/store');
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(
      /was read with .*command: \["cat","\{file\}"\], and is now read with .*head/,
    ),
  });
});

test('a store says what took the text out', async () => {
  place.write('a/1.html', '<p>text of a page');
  recipe('./a');
  await place.run('build', 'mix.yaml', '--quiet');
  const text = readFileSync(join(place.path, 'out/mix/store/store.json'), 'utf8');
  expect(text).toContain('"extractor": "html 1, htmlparser2 ');
});

test('many files that no text comes out of stop the build, with their names and reasons', async () => {
  for (let i = 0; i < 12; i += 1) place.write(`a/${i}.ipynb`, '{}');
  place.write('a/a.txt', 'x');
  recipe('./a');
  expectMessage(
    await place.run('build', 'mix.yaml'),
    1,
    /12 of 13 records could not be read[\s\S]*0\.ipynb: not a notebook: it has no cells/,
  );
});
