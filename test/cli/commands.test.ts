/** Every command without errors: its output, its files, and `--json`, which prints nothing but JSON on stdout. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DocumentLengths } from '../../src/build/store/document-lengths.ts';
import { hashes } from '../support/folder.ts';
import { filesBelow, jsonLines, workplace } from '../support/in-process.ts';
import { partsOf } from '../support/store-files.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
const at = (name: string): string => join(place.path, name);

beforeAll(async () => {
  place.write('corpus/a.txt', 'The first text.\n');
  place.write('corpus/more/b.md', 'The second text.\n');
  place.write('web.jsonl', jsonLines(300));
  place.write(
    'mix.yaml',
    'sources: { texts: ./corpus, web: ./web.jsonl }\nsequences: { length: 256 }\nsplit: { validation: 5% }\nseed: 3\n',
  );
  expect((await place.run('build', 'mix.yaml', '--quiet')).code).toBe(0);
}, 60_000);

/** JSON of a successful command; nothing else may be on stdout. */
async function json(...args: string[]): Promise<unknown> {
  const { code, stdout } = await place.run(...args, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('build', () => {
  test('a directory, with every default', async () => {
    const { code, stdout, stderr } = await place.run('build', 'corpus');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^Built corpus$/m);
    expect(stderr).toMatch(/^read {8}2 documents, 33 B of text, \d+ tokens \(cl100k_base\)$/m);
    expect(stderr).toMatch(/^ {2}out\/corpus\/train {2}1 row, 1 shard, /m);
    expect(filesBelow(at('out/corpus')).filter((name) => !name.startsWith('store/'))).toEqual([
      'dataset_dict.json',
      'plan.json',
      'train/data-00000-of-00001.arrow',
      'train/dataset_info.json',
      'train/documents.parquet',
      'train/manifest.json',
      'train/state.json',
    ]);
  });

  test('a few bad records are skipped, listed and counted, --quiet or not', async () => {
    place.write('few.jsonl', `${jsonLines(20)}{"text": "torn\n`);
    const { code, stdout, stderr } = await place.run('build', 'few.jsonl', '--quiet');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^note: 1 of 21 records could not be read.*\n .*few\.jsonl:21: not JSON: .*\n$/);
    const { stderr: summary } = await place.run('build', 'few.jsonl');
    expect(summary).toMatch(/^note {8}1 record could not be read and was skipped$/m);
  });

  test('again: nothing to do, the same bytes', async () => {
    const before = hashes(at('out/mix'));
    const { code, stderr } = await place.run('build', 'mix.yaml');
    expect(code).toBe(0);
    expect(stderr).toContain('Already built, nothing to do: mix');
    expect(hashes(at('out/mix'))).toEqual(before);
  });

  test('--json', async () => {
    const report = (await json('build', 'mix.yaml')) as { written: boolean; sets: { rows: number }[] };
    expect(report).toMatchObject({ out: at('out/mix'), written: false, name: 'mix', format: 'longmix-plan' });
    expect(report.sets.map((set) => Object.keys(set).includes('ledger'))).toEqual([true, true]);
  });
});

test('tokenize makes the store alone', async () => {
  const manifest = (await json('tokenize', 'mix.yaml', '--out', 'tokens')) as { totals: object };
  expect(manifest.totals).toMatchObject({ documents: 302, badRecords: 0 });
  expect(manifest).toEqual(JSON.parse(readFileSync(at('tokens/store.json'), 'utf8')));
  expect((await place.run('tokenize', 'mix.yaml', '--out', 'tokens')).stderr).toMatch(
    /tokens: 302 documents, /,
  );
});

describe('stats', () => {
  type Cells = Record<string, { source: string; documents: number; tokens: number }[]>;
  const cellsOf = async (what: string): Promise<Cells> => {
    const { lengths: _, ...cells } = (await json('stats', what)) as Cells;
    return cells;
  };
  const totals = (cells: Cells): number[] =>
    Object.values(cells).map((mine) => mine.reduce((sum, { documents }) => sum + documents, 0));

  test('of a store and of the recipe are the same', async () => {
    const ofStore = await cellsOf('out/mix/store');
    const ofRecipe = await cellsOf('mix.yaml');
    expect(totals(ofStore)).toEqual([302]);
    expect(Object.values(ofRecipe)).toEqual(Object.values(ofStore));
  });

  test('of a build: its splits, which share the documents', async () => {
    const cells = await cellsOf('out/mix');
    expect(Object.keys(cells)).toEqual(['out/mix/train', 'out/mix/validation']);
    const [train, validation] = totals(cells);
    expect(train! + validation!).toBe(302);
    expect(await cellsOf('out/mix/validation')).toEqual({
      'out/mix/validation': cells['out/mix/validation'],
    });
  });

  test('quantiles of length, the longest documents by name, and characters a token', async () => {
    const { lengths } = (await json('stats', 'out/mix/store')) as {
      lengths: Record<string, DocumentLengths>;
    };
    const { sources, longest } = lengths['out/mix/store']!;
    const store = at('out/mix/store');
    const indexes = partsOf(store, '.docs.arrow').map((name) =>
      tableFromIPC(readFileSync(join(store, name))),
    );
    const table = indexes.find(({ numRows }) => numRows === 300)!;
    const tokens = [...(table.getChild('length') as Iterable<number>)].sort((a, b) => a - b);
    expect(tokens).toHaveLength(300);
    const web = sources.find(({ source }) => source === 'web')!;
    const sum = tokens.reduce((a, b) => a + b, 0);
    expect(web).toMatchObject({
      documents: 300,
      p10: tokens[29],
      p50: tokens[149],
      p90: tokens[269],
      p99: tokens[296],
    });
    expect(web).toMatchObject({ longest: tokens[299], mean: sum / 300 });
    const letters = readFileSync(at('web.jsonl'), 'utf8').trimEnd().split('\n');
    const characters = letters.reduce(
      (all, line) => all + (JSON.parse(line) as { text: string }).text.length,
      0,
    );
    expect(web.charactersPerToken).toBeCloseTo(characters / sum, 9);
    expect(sources.at(-1)).toMatchObject({ source: null, documents: 302 });
    expect(longest.map((one) => one.tokens)).toEqual(tokens.slice(-10).reverse());
    // Every 50th document is the longest; of equal ones the first.
    expect(longest[0]).toMatchObject({ source: 'web', file: 'web.jsonl' });
    expect(longest[0]!.id).toBe(`d${longest[0]!.record - 1}`);
    const ofShards = (await json('stats', 'out/mix/train')) as { lengths: Record<string, DocumentLengths> };
    expect(ofShards.lengths['out/mix/train']!.longest[0]).toMatchObject({ source: 'web' });
    expect(ofShards.lengths['out/mix/train']!.sources.at(-1)).toMatchObject({ charactersPerToken: null });
    const { stdout } = await place.run('stats', 'out/mix/store');
    expect(stdout).toMatch(/^document, tokens +10% +50% +90% +99% +longest +mean +chars\/token$/m);
    expect(stdout).toContain(`${longest[0]!.tokens}  web     web.jsonl:${longest[0]!.record}`);
  });

  test("a recipe's buckets, its measure and its thresholds are followed", async () => {
    const text = readFileSync(at('mix.yaml'), 'utf8');
    const length = 'mix: { length: { threshold: 60, long_share: 10%, method: drop } }';
    place.write(
      'edges.yaml',
      `${text}documents: { buckets: [100], length: chars/10 }\n${length}\nstore: out/mix/store\n`,
    );
    const cells = Object.values(await cellsOf('edges.yaml'))[0] as unknown as {
      source: string;
      bucket: { from: number };
      documents: number;
    }[];
    const found = readFileSync(at('web.jsonl'), 'utf8').trimEnd().split('\n');
    const sizes = found.map((line) => Math.floor((JSON.parse(line) as { text: string }).text.length / 10));
    const counted = (from: number, to: number) => sizes.filter((size) => size >= from && size < to).length;
    expect(
      cells.filter(({ source }) => source === 'web').map(({ bucket, documents }) => [bucket.from, documents]),
    ).toEqual([
      [0, counted(0, 60)],
      [60, counted(60, 100)],
      [100, counted(100, 1e9)],
    ]);
    expect((await place.run('stats', 'edges.yaml')).stdout).toContain(
      '(lengths in this table are characters / 10, as',
    );
  });

  test('as a table on stdout', async () => {
    const { stdout, stderr } = await place.run('stats', 'out/mix/store');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^source, length in tokens +documents +tokens +share$/m);
    expect(stdout).toMatch(/^all +302 +[\d.]+K +100\.0%$/m);
  });
});

describe('plan', () => {
  test('writes nothing but the store', async () => {
    const { code, stdout } = await place.run('plan', 'mix.yaml', '--out', 'planned', '--quiet');
    expect(code).toBe(0);
    for (const title of ['asked', 'gets', 'epochs', 'disk', 'read', '= rows x width']) {
      expect(stdout).toContain(title);
    }
    expect(filesBelow(at('planned')).every((name) => name.startsWith('store/'))).toBe(true);
    expect(filesBelow(at('planned'))).toContain('store/store.json');
  });

  test('is what build does then', async () => {
    const { estimatedSeconds, ...planned } = (await json('plan', 'mix.yaml')) as { estimatedSeconds: number };
    expect(estimatedSeconds).toBeGreaterThan(0);
    expect(planned).toEqual(JSON.parse(readFileSync(at('out/mix/plan.json'), 'utf8')));
  });
});

describe('inspect', () => {
  interface Inspected {
    readonly padding: number;
    readonly pieces: {
      tokens: number;
      text: string;
      origin: string;
      record: number;
      id: string;
      source: string;
    }[];
  }

  test('a row is whole documents, each with its text and its way back', async () => {
    const { padding, pieces } = (await json('inspect', 'out/mix/train', '--row', '1')) as Inspected;
    expect(pieces.reduce((sum, { tokens }) => sum + tokens, padding)).toBe(256);
    const lines = readFileSync(at('web.jsonl'), 'utf8').split('\n');
    const web = pieces.filter(({ source }) => source === 'web');
    expect(web.length).toBeGreaterThan(0);
    for (const { origin, record, id, text } of web) {
      expect(origin).toBe('web.jsonl');
      const document = JSON.parse(lines[record - 1]!) as { id: string; text: string };
      expect(document.id).toBe(id);
      // A document longer than the row is there in pieces.
      expect(`${document.text}<|endoftext|>`).toContain(text);
    }
  });

  test('as text; the first split of a build is the default', async () => {
    const { code, stdout } = await place.run('inspect', 'out/mix');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^out\/mix\/train, row 0 of \d+: 256 tokens, \d+ pieces?\n\n-- piece 0: \d+ tokens, source /,
    );
  });

  test('rows end where the set ends', async () => {
    const { code, stderr } = await place.run('inspect', 'out/mix/train', '--row', '100000');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^longmix: out\/mix\/train: no row 100000\n {2}rows are 0 to \d+\n$/),
    });
  });
});
