import { resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { MixSpec, Recipe } from '../../src/nouns/recipe.ts';
import { defaultRecipe } from '../../src/recipe/default-recipe.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { everySource, mixSpec, sequenceSpec } from '../support/recipes.ts';

/** Section 9 of the design. */
const example = `
name: books-and-web-32k
tokenizer: cl100k_base              # or { file: ./tokenizer.json }, { file: ./tokenizer.model, pattern: llama3 }
sources:
  books: { path: ../corpus/books, join: file }                       # a directory, a glob, a file, s3://..., or - for stdin
  web:   { path: ../corpus/web/*.jsonl.zst, text: content, id: url } # field names default to text and id
  code:  { path: ../corpus/repos, join: directory, include: ["**/*.ts"] }
split: { validation: 0.5% }         # by document key
mix:
  tokens: 5B                        # of the training split; "all" takes each source once
  shares: { books: 30%, web: 50%, code: 20% }      # of tokens; default: what the sources have
  length: { threshold: 4096, scope: per-source, long_share: 70%, method: drop }
  max_epochs: 4
sequences:
  length: 32768
  packing: best-fit                 # concat | pad | decompose
  overlong: fragment                # truncate | exclude
  eos: true
  bos: false
shards: { size: 256MB, dtype: auto }
seed: 17
`;

const plain = {
  format: null,
  separator: '\n',
  encoding: null,
  quote: 'auto',
  include: [],
  exclude: [],
} as const;
const least: Recipe = {
  name: 'mix',
  tokenizer: { encoding: 'cl100k_base' },
  store: null,
  sources: [
    { name: 'web', path: '/r/web', join: 'file', fields: { text: 'text', id: 'id', source: null }, ...plain },
  ],
  documents: {
    minTokens: everySource(0),
    maxTokens: everySource(Number.POSITIVE_INFINITY),
    duplicates: 'remove',
    charactersPerToken: null,
    buckets: null,
  },
  validation: 0,
  phases: [{ name: 'train', share: 1, mix: mixSpec(), sequences: sequenceSpec() }],
  phaseDocuments: 'disjoint',
  tokensPerStep: null,
  sequences: sequenceSpec(),
  shards: { size: 256_000_000, dtype: 'auto', provenance: true },
  maxBadRecords: { share: 0.001, atLeast: 10 },
  seed: 0,
};

const parse = (text: string): Recipe => parseRecipe(`sources: { web: ./web }\n${text}`, '/r/mix.yaml');
const mixOf = (recipe: Recipe): MixSpec => recipe.phases[0]!.mix;

describe('parseRecipe', () => {
  it("reads the design's example", () => {
    expect(parseRecipe(example, '/data/pipelines/mix.yaml')).toEqual({
      ...least,
      name: 'books-and-web-32k',
      sources: [
        {
          name: 'books',
          path: '/data/corpus/books',
          join: 'file',
          fields: { text: 'text', id: 'id', source: null },
          ...plain,
        },
        {
          name: 'web',
          path: '/data/corpus/web/*.jsonl.zst',
          join: 'file',
          fields: { text: 'content', id: 'url', source: null },
          ...plain,
        },
        {
          name: 'code',
          path: '/data/corpus/repos',
          join: 'directory',
          fields: { text: 'text', id: 'id', source: null },
          ...plain,
          include: ['**/*.ts'],
        },
      ],
      validation: 0.005,
      phases: [
        {
          name: 'train',
          share: 1,
          mix: mixSpec({
            tokens: 5e9,
            shares: new Map([
              ['books', 0.3],
              ['web', 0.5],
              ['code', 0.2],
            ]),
            length: { threshold: 4096, scope: 'per-source', rule: { kind: 'long_share', share: 0.7 } },
            method: 'drop',
            maxEpochs: everySource(4),
          }),
          sequences: sequenceSpec({ length: 32768 }),
        },
      ],
      sequences: sequenceSpec({ length: 32768 }),
      seed: 17,
    } satisfies Recipe);
  });

  it('fills in every default', () => {
    expect(parseRecipe('sources: { web: ./web }', '/r/mix.yaml')).toEqual(least);
    expect(parse('documents: {}\nsplit: {}\nmix: {}\nsequences: {}\nshards: {}')).toEqual(least);
    expect(parseRecipe('sources: { web: { path: web } }', '/r/mix.yaml')).toEqual(least);
  });

  it('takes all keys that the example leaves out', () => {
    const recipe = parseRecipe(
      `sources:
  2024: { path: a, format: csv, source: domain, join: directory, separator: "", encoding: UTF16, quote: none, include: "*.csv", exclude: [x, y] }
  all: "-"
  remote: s3://bucket/key
tokenizer: { file: ./t.model, pattern: llama3 }
store: ../store
sequences: { length: 32Ki, packing: concat, overlong: exclude, tails: discard, bos: true, eos: false, plus_one: true }
shards: { size: 64MiB, dtype: int32, provenance: false }`,
      '/r/x.y.yaml',
    );
    expect(recipe.name).toBe('x.y');
    expect(recipe.sources.map(({ name, path }) => [name, path])).toEqual([
      ['2024', '/r/a'],
      ['all', '-'],
      ['remote', 's3://bucket/key'],
    ]);
    expect(recipe.sources[0]).toEqual({
      name: '2024',
      path: '/r/a',
      format: 'csv',
      fields: { text: 'text', id: 'id', source: 'domain' },
      join: 'directory',
      separator: '',
      encoding: 'utf-16le',
      quote: 'none',
      include: ['*.csv'],
      exclude: ['x', 'y'],
    });
    expect(recipe.tokenizer).toEqual({ file: '/r/t.model', pattern: 'llama3' });
    expect(recipe.store).toBe('/store');
    expect(recipe.sequences).toEqual({
      length: 32768,
      packing: 'concat',
      overlong: 'exclude',
      tails: 'discard',
      bos: true,
      eos: false,
      plusOne: true,
      packLength: null,
      decompose: null,
    });
    expect(recipe.phases[0]!.sequences).toEqual(recipe.sequences);
    expect(recipe.shards).toEqual({ size: 64 * 2 ** 20, dtype: 'int32', provenance: false });
  });

  it('keeps sources in the order of the file, names that look like numbers too', () => {
    const recipe = parseRecipe('sources: { web: a, 2024: b, 7: c }', 'mix.yaml');
    expect(recipe.sources.map(({ name }) => name)).toEqual(['web', '2024', '7']);
  });

  it('resolves a relative recipe against the working directory', () => {
    expect(parseRecipe('sources: { web: ../web }', 'pipelines/mix.yaml').sources[0]!.path).toBe(
      resolve('web'),
    );
  });

  test.each([
    ['mix: { tokens: 1M }', 'repeat', 4],
    ['mix: { tokens: 1M, method: drop }', 'drop', 4],
    ['mix: { method: repeat }', 'repeat', 4],
    ['mix: { tokens: 1M, length: { threshold: 4Ki, keep_short: 20% } }', 'drop', 4],
    ['mix: { length: { threshold: 4Ki, remove: long } }', 'drop', 1],
    ['mix: { length: { threshold: 4Ki, long_share: 70%, method: repeat } }', 'repeat', 4],
    ['mix: { method: repeat, max_epochs: 2.5 }', 'repeat', 2.5],
    ['mix: { method: mixed }', 'mixed', 4],
    ['mix: { tokens: 1M, length: none }', 'repeat', 4],
  ])('%s takes documents by %s, up to %d times', (text, method, maxEpochs) => {
    expect(mixOf(parse(text))).toMatchObject({ method, maxEpochs: everySource(maxEpochs) });
  });

  test.each([
    ['keep_short: 0.2', { kind: 'keep_short', rate: 0.2 }],
    ['long_share: 70%', { kind: 'long_share', share: 0.7 }],
    ['remove: long', { kind: 'remove_long' }],
  ])('reads the length rule %s', (text, rule) => {
    expect(mixOf(parse(`mix: { length: { threshold: 4Ki, scope: global, ${text} } }`)).length).toEqual({
      threshold: 4096,
      scope: 'global',
      rule,
    });
  });

  test.each([
    ['0.5%', { share: 0.005, atLeast: 10 }],
    ['0%', { share: 0, atLeast: 0 }],
    ['3', { share: 0, atLeast: 3 }],
    ['1', { share: 0, atLeast: 1 }],
  ])('max_bad_records: %s', (text, limit) => {
    expect(parse(`max_bad_records: ${text}`).maxBadRecords).toEqual(limit);
  });

  it('divides shares by their sum, which may be off by a rounding', () => {
    const { shares } = mixOf(
      parseRecipe(
        'sources: { a: a, b: b, c: c }\nmix: { shares: { a: 0.3333333, b: 0.3333333, c: 0.3333333 } }',
        'mix.yaml',
      ),
    );
    expect([...shares!.keys()]).toEqual(['a', 'b', 'c']);
    for (const share of shares!.values()) expect(share).toBeCloseTo(1 / 3, 15);
  });

  it('lets shares name sources that only the data knows', () => {
    const text =
      'sources: { all: { path: a, source: domain } }\nmix: { shares: { arxiv: 60%, github: 40% } }';
    expect(mixOf(parseRecipe(text, 'mix.yaml')).shares).toEqual(
      new Map([
        ['arxiv', 0.6],
        ['github', 0.4],
      ]),
    );
  });

  it('takes aliases, a byte order mark and CRLF', () => {
    const recipe = parseRecipe(
      '\uFEFFsources:\r\n  a: &a { path: x, text: body }\r\n  b: *a\r\n',
      '/r/mix.yaml',
    );
    expect(recipe.sources.map(({ name, path, fields }) => [name, path, fields.text])).toEqual([
      ['a', '/r/x', 'body'],
      ['b', '/r/x', 'body'],
    ]);
  });
});

describe('defaultRecipe', () => {
  it('has one source named after the directory, and all defaults', () => {
    const source = { ...least.sources[0]!, name: 'books', path: '/corpus/books' };
    expect(defaultRecipe('/corpus/books/')).toEqual({ ...least, name: 'books', sources: [source] });
  });

  it('takes a relative directory and standard input', () => {
    expect(defaultRecipe('.').sources[0]!.path).toBe(process.cwd());
    expect(defaultRecipe('-')).toMatchObject({ name: 'stdin', sources: [{ name: 'stdin', path: '-' }] });
  });
});
