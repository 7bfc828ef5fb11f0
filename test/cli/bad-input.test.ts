/**
 * Every kind of bad input ends with one message that says what is wrong, where, and what to do, with the right exit
 * code, and leaves no folder that looks finished. Tests that need a shell, threads or standard input are in
 * shell.test.ts.
 */
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  expectMessage,
  expectNothingFinished,
  filesBelow,
  jsonLines,
  longmix,
  type Workplace,
  workplace,
} from '../support/in-process.ts';

let place: Workplace & Disposable;
beforeEach(() => {
  place = workplace();
});
afterEach(() => {
  expectNothingFinished(join(place.path, 'out'));
  place[Symbol.dispose]();
});

describe('the corpus', () => {
  test('a path that is not there', async () => {
    expectMessage(
      await place.run('build', 'corpsu', '--out', 'out'),
      2,
      /no such file or directory: corpsu$/m,
      /init/,
    );
    expect(filesBelow(place.path)).toEqual([]);
  });

  test('a path in the recipe that is not there', async () => {
    place.write('mix.yaml', 'sources: { web: ../web, books: ./books }\n');
    expectMessage(
      await place.run('build', 'mix.yaml', '--out', 'out'),
      2,
      /source "web": no such .*\/web$/m,
      /path/,
    );
  });

  test('an empty directory', async () => {
    place.write('empty/.hidden', 'not read');
    expectMessage(
      await place.run('build', 'empty', '--out', 'out'),
      2,
      /source "empty": nothing to read in .*empty/,
    );
  });

  test('a directory of unknown files', async () => {
    place.write('odd/a.bin', '\0');
    expectMessage(await place.run('build', 'odd', '--out', 'out'), 2, /such as a\.bin/, /set format:/);
  });

  test('documents without text', async () => {
    place.write('texts/a.txt', '');
    expectMessage(await place.run('build', 'texts', '--out', 'out'), 2, /no tokens: every document is empty/);
  });

  test('a dead link', async () => {
    place.write('texts/a.txt', 'text');
    symlinkSync('nowhere', join(place.path, 'texts/b.txt'));
    expectMessage(await place.run('build', 'texts', '--out', 'out'), 1, /texts\/b\.txt/);
  });
});

describe('records', () => {
  const good = jsonLines(100);

  test('more malformed lines than allowed', async () => {
    place.write('bad.jsonl', `${good}${'{"text": "torn\n'.repeat(11)}`);
    const outcome = await place.run('build', 'bad.jsonl', '--out', 'out');
    expectMessage(
      outcome,
      1,
      /11 of 111 records/,
      /bad\.jsonl:101: not JSON/,
      /at most 10 .*max_bad_records/,
    );
  });

  test('max_bad_records: 0 in the recipe', async () => {
    place.write('bad.jsonl', `${good}[1]\n`);
    place.write('mix.yaml', 'sources: { web: ./bad.jsonl }\nmax_bad_records: 0\n');
    const outcome = await place.run('build', 'mix.yaml', '--out', 'out');
    expectMessage(outcome, 1, /1 of 101 records/, /bad\.jsonl:101: not an object but an array/);
  });

  test('a wrong name of the text field', async () => {
    place.write('web.jsonl', jsonLines(3, 'content'));
    const outcome = await place.run('build', 'web.jsonl', '--out', 'out');
    expectMessage(outcome, 2, /web\.jsonl: no field "text"; the records have "id", "content"/, /which field/);
  });

  test('bytes that are not UTF-8 are counted, and every file with some is named', async () => {
    place.write('c/a.txt', 'well-formed');
    place.write('c/b.txt', Buffer.from('caf\xff au lait', 'latin1'));
    place.write('c/c.txt', Buffer.from('\xfft\xff', 'latin1'));
    const { code, stderr } = await place.run('tokenize', 'c', '--out', 'made', '--quiet');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^note: 3 sequences not in UTF-8 became U\+FFFD, in 2 files:\n {2}.*c\/c\.txt: 2\n {2}.*c\/b\.txt: 1\n$/,
    );
  });

  test('files in another encoding are bad records, all named, and encoding: reads them', async () => {
    place.write('c/a.txt', 'well-formed');
    for (const name of ['b', 'd', 'e']) place.write(`c/${name}.txt`, Buffer.from('\ufefftext', 'utf16le'));
    place.write('c/f.txt', Buffer.from('Gr\xf6\xdfe und Ma\xdf', 'latin1'));
    const { code, stderr } = await place.run('tokenize', 'c', '--out', 'made', '--quiet');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^note: 4 of 5 records could not be read \(skipped, counted in store\.json\):\n {2}3 files: not UTF-8 but utf-16le .*\n.*b\.txt\n.*d\.txt\n.*e\.txt\n.*f\.txt: not UTF-8 but probably windows-1252/,
    );
    place.write('strict.yaml', 'sources: { c: ./c }\nmax_bad_records: 3\n');
    const refused = await place.run('build', 'strict.yaml', '--out', 'out');
    expectMessage(
      refused,
      1,
      /4 of 5 records could not be read:[\s\S]*b\.txt\n.*d\.txt\n.*e\.txt/,
      /max_bad_records/,
    );
    place.write(
      'mix.yaml',
      'sources: { c: { path: ./c, encoding: utf-16, include: ["[bde].txt"] }, l: { path: ./c/f.txt, encoding: latin1 } }\n',
    );
    const read = await place.run('tokenize', 'mix.yaml', '--out', 'read', '--quiet');
    expect(read).toMatchObject({ code: 0, stderr: '' });
    place.write('mix.yaml', 'sources: { c: { path: ./c, encoding: utf-7 } }\n');
    expect(await place.run('build', 'mix.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected the name of an encoding'),
    });
  });

  test('a damaged compressed file', async () => {
    place.write('web.jsonl.gz', 'not gzip');
    expectMessage(await place.run('build', 'web.jsonl.gz', '--out', 'out'), 1, /web\.jsonl\.gz/);
  });
});

describe('the recipe', () => {
  const recipe = (text: string): Promise<Awaited<ReturnType<Workplace['run']>>> => {
    place.write('web.jsonl', jsonLines(50));
    place.write('mix.yaml', text);
    return place.run('build', 'mix.yaml', '--out', 'out');
  };

  test('is missing', async () => {
    expectMessage(
      await place.run('build', 'mix.yaml', '--out', 'out'),
      2,
      /no such file or directory: mix\.yaml/,
    );
  });

  test.each([
    {
      what: 'no YAML',
      text: 'sources: { web: ./web.jsonl\nseed: 1\n',
      says: /mix\.yaml:2:1: not valid YAML/,
    },
    {
      what: 'a misspelt key',
      text: 'sorces: { web: ./web.jsonl }\n',
      says: /mix\.yaml:1:1: .*did you mean `sources`/,
    },
    { what: 'empty', text: '', says: /mix\.yaml:1:1: the recipe is empty/ },
    {
      what: 'a wrong value',
      text: 'sources: { web: ./web.jsonl }\nmix: { tokens: many }\n',
      says: /mix\.yaml:2:16: /,
    },
    {
      what: 'an unknown tokenizer',
      text: 'sources: { web: ./web.jsonl }\ntokenizer: cl100kbase\n',
      says: /mix\.yaml:2:12: tokenizer: found `cl100kbase`.*did you mean `cl100k_base`/,
    },
  ])('$what', async ({ text, says }) => {
    const outcome = await recipe(text);
    expect(outcome.stderr).toMatch(says);
    expect(outcome.stderr).not.toMatch(/^ {4}at /m);
    expect(outcome.stderr.match(/^longmix: /gm)).toHaveLength(1);
    expect(outcome.code).toBe(2);
  });

  test('tokens that the tokenizer has not: told before anything is tokenized', async () => {
    const bos = 'sequences: { bos: true }\n';
    const outcome = await recipe(`sources: { web: ./web.jsonl }\n${bos}`);
    expectMessage(
      outcome,
      2,
      /^longmix: mix\.yaml:2:19: the tokenizer cl100k_base has no BOS token/,
      /sequences\.bos: false/,
    );
    const narrow = await recipe('sources: { web: ./web.jsonl }\nshards: { dtype: uint16 }\n');
    expectMessage(narrow, 2, /^longmix: uint16 cannot hold the tokenizer's 100277 ids/, /int32/);
    place.write('mix.yaml', 'sources: { web: ./web.jsonl }\n');
    place.write('arms.yaml', `base: ./mix.yaml\narms: { a: {}, b: { ${bos.trim()} } }\n`);
    const arms = await place.run('ablate', 'arms.yaml', '--out', 'out');
    expectMessage(arms, 2, /^longmix: arm b: the tokenizer cl100k_base has no BOS token/);
    expect(filesBelow(place.path).sort()).toEqual(['arms.yaml', 'mix.yaml', 'web.jsonl']);
  });

  test('a mix that cannot be', async () => {
    const outcome = await recipe('sources: { web: ./web.jsonl }\nmix: { tokens: 5M }\nstore: ./store\n');
    expectMessage(
      outcome,
      2,
      /source "web": has [\d,]+ tokens, needs 5,000,000/,
      /fewer tokens/,
      /max_epochs/,
    );
  });

  test('a source at an address of an unknown kind', async () => {
    const outcome = await recipe('sources: { web: ftp://host/web.jsonl }\n');
    expectMessage(outcome, 2, /ftp:\/\/host\/web.jsonl: not an address that longmix reads/, /s3:\/\/BUCKET/);
  });

  test('a long share without long documents', async () => {
    const outcome = await recipe(
      'sources: { web: ./web.jsonl }\nmix: { length: { threshold: 4096, long_share: 70% } }\nstore: ./store\n',
    );
    expectMessage(outcome, 2, /source "web" has no document of 4096 tokens or more/, /another threshold/);
  });
});

describe('the output', () => {
  beforeEach(() => place.write('web.jsonl', jsonLines(50)));

  test('below a file', async () => {
    place.write('file', 'not a folder');
    const outcome = await place.run('build', 'web.jsonl', '--out', 'file/out');
    expectMessage(outcome, 2, /cannot write .*file\/out: a part of the path is a file/, /--out/);
  });

  test('below a folder that can hold none', async () => {
    // Node's own recursive mkdir never comes back from here.
    expectMessage(
      await place.run('build', 'web.jsonl', '--out', '/proc/longmix/out'),
      2,
      /cannot write \/proc\/longmix: /,
      /--out/,
    );
  });

  test('a file', async () => {
    place.write('file', 'not a folder');
    expectMessage(
      await place.run('build', 'web.jsonl', '--out', 'file'),
      2,
      /cannot write .*file: there is a file of that name/,
      /--out/,
    );
  });

  test('a store below a file', async () => {
    place.write('file', 'not a folder');
    place.write('mix.yaml', 'sources: { web: ./web.jsonl }\nstore: ./file/store\n');
    expectMessage(await place.run('build', 'mix.yaml', '--out', 'out'), 2, /cannot write .*file\/store/);
  });

  test('inside the corpus', async () => {
    place.write('corpus/a.txt', 'text');
    const outcome = await longmix(['build', '.'], { cwd: join(place.path, 'corpus') });
    expectMessage(outcome, 2, /corpus\/out\/corpus is inside source "corpus"/, /--out/);
    expect(filesBelow(join(place.path, 'corpus'))).toEqual(['a.txt']);
  });

  test('inside a glob, an include, an exclude', async () => {
    place.write('a.md', 'text');
    const recipe = (source: string) => place.write('mix.yaml', `sources: { web: ${source} }\n`);
    recipe('"./**"');
    expectMessage(await place.run('plan', 'mix.yaml', '--out', 'out'), 2, /is inside source "web"/);
    recipe('{ path: ., include: ["**/*.json"] }');
    expectMessage(await place.run('tokenize', 'mix.yaml', '--out', 'out'), 2, /is inside source "web"/);
    for (const fine of ['"./*.md"', '{ path: ., include: "*.md" }', '{ path: ., exclude: "out/**" }']) {
      recipe(fine);
      expect((await place.run('tokenize', 'mix.yaml', '--out', 'out/x', '--fresh', '--quiet')).stderr).toBe(
        '',
      );
      rmSync(join(place.path, 'out'), { recursive: true });
    }
  });

  test('inside a folder of another', async () => {
    await place.run('build', 'web.jsonl', '--out', 'made', '--quiet');
    for (const [command, folder, what] of [
      ['build', 'made/train', /made\/train is a shard set of a build already/],
      ['build', 'made/store', /made\/store is a token store already/],
      ['tokenize', 'made/train', /is a shard set/],
    ] as const)
      expectMessage(await place.run(command, 'web.jsonl', '--out', folder), 2, what, /--out/);
  });

  test('taken for a corpus', async () => {
    await place.run('build', 'web.jsonl', '--out', 'made', '--quiet');
    for (const folder of ['made', 'made/train', 'made/store']) {
      expectMessage(
        await place.run('build', folder, '--out', 'out'),
        2,
        /is not a corpus; longmix created it/,
        /recipe/,
      );
    }
    // A manifest.json of others is none of ours.
    place.write('site/manifest.json', '{"name": "app"}');
    expect((await place.run('stats', 'site', '--out', 'out')).stderr).not.toContain('longmix wrote it');
  });

  test('a folder with the shards of another recipe', async () => {
    place.write('mix.yaml', 'sources: { web: ./web.jsonl }\nseed: 1\n');
    await place.run('build', 'mix.yaml', '--out', 'made', '--quiet');
    place.write('mix.yaml', 'sources: { web: ./web.jsonl }\nseed: 2\n');
    expectMessage(
      await place.run('build', 'mix.yaml', '--out', 'made'),
      2,
      /made\/train holds finished shards of something else; what differs: seed\n/,
      /--fresh/,
    );
  });

  test('one whose rows had another length: what differs is the one key that the user changed', async () => {
    place.write('mix.yaml', 'sources: { web: ./web.jsonl }\n');
    await place.run('build', 'mix.yaml', '--out', 'made', '--quiet');
    place.write('mix.yaml', 'sources: { web: ./web.jsonl }\nsequences: { length: 256 }\n');
    const outcome = await place.run('build', 'mix.yaml', '--out', 'made');
    expectMessage(outcome, 2, /what differs: sequences.length \(\d+, now \d+\)\n/);
  });

  test('an ablation for a recipe, and the other way round', async () => {
    place.write('mix.yaml', 'sources: { web: ./web.jsonl }\n');
    place.write('arms.yaml', 'base: ./mix.yaml\narms: { a: {} }\n');
    expectMessage(
      await place.run('plan', 'arms.yaml'),
      2,
      /arms\.yaml:1:1: this is an ablation, not a recipe/,
    );
    expectMessage(
      await place.run('ablate', 'mix.yaml'),
      2,
      /mix\.yaml:1:1: this is a recipe, not an ablation/,
    );
    place.write('arms.yaml', 'base: ./nowhere.yaml\narms: { a: {} }\n');
    expectMessage(await place.run('ablate', 'arms.yaml'), 2, /nowhere\.yaml: no such file or directory/);
  });

  test('a store of another corpus takes the new one in, and says so', async () => {
    await place.run('tokenize', 'web.jsonl', '--out', 'made', '--quiet');
    place.write('web.jsonl', jsonLines(51));
    const { code, stderr } = await place.run('tokenize', 'web.jsonl', '--out', 'made');
    expect([code, stderr]).toEqual([0, expect.stringContaining('corpus: 1 changed: 100.0% to tokenize')]);
    place.write('mix.yaml', 'sources: { other: ./web.jsonl }\nstore: ./made\n');
    const other = await place.run('tokenize', 'mix.yaml');
    expect([other.code, other.stderr]).toEqual([0, expect.not.stringContaining('to tokenize')]);
  });
});
