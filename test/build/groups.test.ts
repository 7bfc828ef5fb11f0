/** Groups and near copies from a corpus on disk to its shards. */
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../../src/build/build.ts';
import { storeSummary } from '../../src/build/store/prune-store.ts';
import { verify } from '../../src/build/verify.ts';
import { LongmixError } from '../../src/errors.ts';
import { openFeed } from '../../src/feed/feed.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { openShards, readRow } from '../../src/shard/reader.ts';
import { loadDocuments } from '../../src/store/reader.ts';
import { failureOf } from '../support/error-of.ts';
import { hashes, temporaryFolder } from '../support/folder.ts';
import { fuzz, fuzzTimeout, often } from '../support/fuzz.ts';
import { scramble } from '../support/table.ts';

const words = 'the of and a to in is was he for it with as his on be at by had not are but from or'.split(
  ' ',
);

/** Words that look random; `name` names the text. */
function textOf(name: number, count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `${words[scramble(name * 1e5 + i) % words.length]}${scramble(name * 1e5 + i + 7) % 90}`,
  ).join(' ');
}

function edited(text: string, name: number): string {
  const all = text.split(' ');
  all[scramble(name) % all.length] = 'edited';
  return all.join(' ');
}

interface Line {
  readonly text: string;
  readonly cluster?: string | null;
  readonly place?: number | string | null;
}

function writeLines(file: string, lines: readonly Line[]): void {
  writeFileSync(file, lines.map((line, id) => `${JSON.stringify({ id: `d${id}`, ...line })}\n`).join(''));
}

async function buildIt(folder: string, name: string, recipe: object) {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, JSON.stringify({ store: './store', ...recipe }));
  const out = join(folder, name);
  const made = await build(parseRecipe(readFileSync(path, 'utf8'), path), out, { workers: 1 });
  expect((await verify(out, true)).faults).toEqual([]);
  return { ...made, table: loadDocuments(made.store.folder, made.store.manifest) };
}

/** Rows of a set, as the numbers of their documents and groups. */
function rowsIn(out: string, set: string) {
  const folder = join(out, set);
  const manifest = openShards(folder);
  return Array.from({ length: manifest.rows }, (_, row) => {
    const { docIds, groupIds, lengths } = readRow(folder, manifest, row);
    return { documents: [...docIds], groups: [...groupIds], lengths: [...lengths] };
  });
}

describe('a recipe with groups', () => {
  /** 60 clusters of one to five documents, among others without a cluster, shuffled. */
  function chats(): Line[] {
    const lines = Array.from({ length: 60 }, (_, c) =>
      Array.from({ length: 1 + (c % 5) }, (_, n) => ({
        text: textOf(100 * c + n, 10 + n),
        cluster: `c${c}`,
        place: c % 2 === 0 ? 10 - n : `${10 - n}`,
      })),
    ).flat();
    const alone = Array.from(
      { length: 40 },
      (_, n): Line => ({
        text: textOf(9000 + n, 20),
        ...(n % 2 === 0 ? { cluster: null } : {}),
      }),
    );
    return [...lines, ...alone].sort((a, b) => scramble(a.text.length) - scramble(b.text.length));
  }
  const source = { path: 'chats.jsonl', group: 'cluster', order: 'place' };
  const recipe = {
    sources: { chats: source },
    split: { validation: '20%', by: 'group' },
    sequences: { length: 256, packing: 'groups', intent: 'no-mask' },
  };

  it('puts the documents of a group into one row, in their order, on one side, and says which', async () => {
    const folder = temporaryFolder();
    const lines = chats();
    writeLines(join(folder, 'chats.jsonl'), lines);
    const { out, plan, shardSets } = await buildIt(folder, 'grouped', recipe);
    const sides = new Map<string, string>();
    let several = 0;
    for (const { name } of plan.sets) {
      for (const { documents, groups } of rowsIn(out, name)) {
        expect(groups.length).toBe(documents.length);
        for (const [i, d] of documents.entries()) {
          const cluster = lines[d]!.cluster ?? `alone ${d}`;
          const first = lines.findIndex((line, n) => (line.cluster ?? `alone ${n}`) === cluster);
          expect(groups[i]).toBe(first);
          expect(sides.get(cluster) ?? name).toBe(name);
          sides.set(cluster, name);
        }
        for (const group of new Set(groups)) {
          const own = documents.filter((_, i) => groups[i] === group);
          const at = groups.indexOf(group);
          expect(groups.slice(at, at + own.length).every((one) => one === group)).toBe(true);
          const places = own.map((d) => Number(lines[d]!.place ?? 0));
          expect(places).toEqual([...places].sort((a, b) => a - b));
          const all = lines.filter(({ cluster }) => cluster != null && cluster === lines[group]!.cluster);
          if (all.length > 1) {
            expect(own.length).toBe(all.length);
            several += 1;
          }
        }
      }
    }
    expect(several).toBe(48);
    expect(new Set(sides.values()).size).toBe(2);
    expect(plan.sets.reduce((sum, { groups }) => sum + groups!.groups, 0)).toBe(48);
    for (const { groups } of plan.sets) expect(groups).toMatchObject({ whole: groups!.groups, partial: 0 });
    expect(shardSets[0]).toMatchObject({ groups: true, sequences: { packing: 'groups', intent: 'no-mask' } });
  });

  it('feeds a trainer, with provenance and without', async () => {
    const folder = temporaryFolder();
    writeLines(join(folder, 'chats.jsonl'), chats());
    for (const provenance of [true, false]) {
      const { out, plan } = await buildIt(folder, `fed-${provenance}`, { ...recipe, shards: { provenance } });
      const feed = openFeed(join(out, 'train'), { rowsPerStep: 1 });
      const { seqLengths, rows } = feed.batch({ epoch: 0, step: 0 }, 0, 1);
      expect(rows.length).toBe(1);
      expect(seqLengths.reduce((sum, length) => sum + length, 0)).toBe(256);
      feed.close();
      expect(plan.sets[0]!.rows.groups).toBeDefined();
    }
  });

  it('groups by folder', async () => {
    const folder = temporaryFolder();
    for (let n = 0; n < 12; n += 1) {
      const file = join(folder, 'repos', `r${n % 3}`, n % 2 === 0 ? 'src' : '', `${n}.txt`);
      await import('node:fs').then(({ mkdirSync }) => mkdirSync(join(file, '..'), { recursive: true }));
      writeFileSync(file, textOf(n, 20));
    }
    const byFolder = async (group: string) => {
      const { out } = await buildIt(folder, group.replace(':', '-'), {
        ...recipe,
        split: {},
        sources: { code: { path: 'repos', group, order: 'path' } },
      });
      return new Set(rowsIn(out, 'train').flatMap(({ groups }) => groups)).size;
    };
    expect(await byFolder('directory')).toBe(6);
    expect(await byFolder('directory:1')).toBe(3);
  });

  it('takes the parts of the store that another recipe made with the same fields', async () => {
    const folder = temporaryFolder();
    writeLines(join(folder, 'chats.jsonl'), chats());
    const first = await buildIt(folder, 'one', recipe);
    const parts = first.store.manifest.parts.map(({ name }) => name);
    // By the same columns, and none of its groups.
    const plain = { sources: { chats: { path: 'chats.jsonl' } } };
    const second = await buildIt(folder, 'two', plain);
    expect(second.store.manifest.parts.map(({ name }) => name)).toEqual(parts);
    expect(second.shardSets[0]).not.toHaveProperty('groups');
  });

  it('is refused where no source has a group, and where the records lack the field', async () => {
    const folder = temporaryFolder();
    writeLines(join(folder, 'chats.jsonl'), chats());
    const without = failureOf(buildIt(folder, 'bad', { ...recipe, sources: { chats: 'chats.jsonl' } }));
    expect((await without).message).toContain('no source has a `group`');
    const unknown = { ...recipe, sources: { chats: { path: 'chats.jsonl', group: 'clutser' } } };
    const error = await failureOf(buildIt(folder, 'unknown', unknown));
    expect(error).toMatchObject({ code: 'field-missing' });
    expect(error.cure).toContain('cluster');
  });
});

it(
  'builds of random recipes balance, verify, keep groups and copies on one side, and have the same bytes again',
  async () => {
    const documents = fc.array(
      fc.record({
        text: fc.integer({ min: 0, max: 25 }),
        words: fc.constantFrom(1, 8, 40, 90),
        edits: fc.nat(2),
        cluster: fc.option(fc.nat(6)),
        place: fc.option(fc.nat(4)),
      }),
      { minLength: 5, maxLength: 60, size: 'max' },
    );
    const recipes = fc.record({
      documents: fc.record({
        duplicates: fc.constantFrom('keep', 'remove'),
        near_duplicates: fc.constantFrom('keep', 'cluster', 'remove'),
      }),
      split: fc.record({ validation: fc.constantFrom(0, 0.3), by: fc.constantFrom('document', 'group') }),
      mix: fc.oneof(
        fc.constant({}),
        fc.record({ tokens: fc.integer({ min: 100, max: 9000 }), max_epochs: fc.constantFrom(1, 3, 90) }),
      ),
      sequences: fc.record({
        length: fc.integer({ min: 20, max: 600 }),
        packing: fc.constantFrom('groups', 'groups', 'best-fit', 'concat'),
        overlong: fc.constantFrom('fragment', 'truncate', 'exclude'),
        intent: fc.constantFrom('mask', 'no-mask'),
      }),
      seed: fc.nat(),
    });
    let built = 0;
    await fc.assert(
      fc.asyncProperty(documents, recipes, async (made, recipe) => {
        const folder = temporaryFolder();
        const lines = made.map(({ text, words: count, edits, cluster, place }) => {
          let own = textOf(text, count);
          for (let n = 0; n < edits; n += 1) own = edited(own, 50 * text + n);
          return { text: own, cluster: cluster === null ? null : `c${cluster}`, place };
        });
        writeLines(join(folder, 'a.jsonl'), lines.slice(0, lines.length / 2));
        writeLines(join(folder, 'b.jsonl'), lines.slice(lines.length / 2));
        const source = { group: 'cluster', order: 'place' };
        const sources = { a: { path: 'a.jsonl', ...source }, b: { path: 'b.jsonl', ...source } };
        const attempt = async (name: string) => {
          try {
            return await buildIt(folder, name, { name: 'made', sources, ...recipe });
          } catch (error) {
            if (error instanceof LongmixError && /^mix-/.test(error.code)) return null;
            throw error;
          }
        };
        const first = await attempt('first');
        if (first === null) return;
        built += 1;
        const sideOf = new Map<string, string>();
        for (const { name, split } of first.plan.sets) {
          for (const { documents: packed, groups } of rowsIn(first.out, name)) {
            expect(groups.length).toBe(packed.length);
            for (const [i, d] of packed.entries()) {
              const units = [`text ${lines[d]!.text}`];
              if (recipe.split.by === 'group') units.push(`group ${groups[i]}`);
              for (const unit of units) {
                expect(sideOf.get(unit) ?? split).toBe(split);
                sideOf.set(unit, split);
              }
            }
          }
        }
        await attempt('second');
        expect(hashes(join(folder, 'second'))).toEqual(hashes(join(folder, 'first')));
      }),
      fuzz(12),
    );
    expect(built).toBeGreaterThan(often(6));
  },
  fuzzTimeout(30_000),
);

describe('near copies', () => {
  const rows = { sequences: { length: 512 } };

  /** 400 documents, and for each a near copy in another file. */
  function writeCopies(folder: string): void {
    const originals = Array.from({ length: 400 }, (_, n) => textOf(n, 200));
    writeLines(
      join(folder, 'a.jsonl'),
      originals.map((text) => ({ text })),
    );
    writeLines(
      join(folder, 'b.jsonl'),
      originals.map((text, n) => ({ text: edited(text, n) })),
    );
  }
  const sources = { a: 'a.jsonl', b: 'b.jsonl' };

  /** Documents of validation, and how many of them have their near copy in training. */
  function leaks(out: string): { held: number; leaked: number } {
    const documents = (set: string) => new Set(rowsIn(out, set).flatMap((row) => row.documents));
    const [train, held] = [documents('train'), documents('validation')];
    const leaked = [...held].filter((d) => train.has((d + 400) % 800)).length;
    return { held: held.size, leaked };
  }

  it('leak from validation into training, and none does where they are clusters', async () => {
    const folder = temporaryFolder();
    writeCopies(folder);
    const split = { validation: '9%' };
    const plain = await buildIt(folder, 'plain', { ...rows, sources, split });
    const before = leaks(plain.out);
    expect(before.held).toBeGreaterThan(40);
    expect(before.leaked).toBeGreaterThan(before.held * 0.8);
    const documents = { near_duplicates: 'cluster' };
    const clustered = await buildIt(folder, 'clustered', { ...rows, sources, split, documents });
    const after = leaks(clustered.out);
    expect(after.held).toBeGreaterThan(40);
    expect(after.leaked).toBe(0);
    expect(clustered.plan.near).toEqual({ clusters: 400, documents: 800, largest: 2 });
    // Sketches are beside the parts, and the parts are those of before.
    expect(clustered.store.manifest.fingerprint).toBe(plain.store.manifest.fingerprint);
    expect(sketchesIn(folder)).toHaveLength(clustered.store.manifest.parts.length);
  });

  it('are left out but for the first, and the ledger says so', async () => {
    const folder = temporaryFolder();
    writeCopies(folder);
    const removed = {
      ...rows,
      sources,
      documents: { near_duplicates: { rule: 'remove', similarity: '70%' } },
    };
    const { out, plan, table } = await buildIt(folder, 'removed', removed);
    const taken = rowsIn(out, 'train').flatMap(({ documents }) => documents);
    expect(new Set(taken)).toEqual(new Set(Array.from({ length: 400 }, (_, d) => d)));
    const tokens = table.lengths.subarray(400).reduce((sum, length) => sum + length, 0);
    expect(plan.ledgers.train!.dropped.near_duplicate).toBe(tokens);
  });

  it('need sketches of new parts only when the corpus grows, and damaged ones are made again', async () => {
    const folder = temporaryFolder();
    writeCopies(folder);
    const recipe = { ...rows, sources, documents: { near_duplicates: 'cluster' } };
    const { plan, store } = await buildIt(folder, 'first', recipe);
    const before = new Map(sketchesIn(folder).map((name) => [name, stampOf(folder, name)]));
    appendFileSync(join(folder, 'b.jsonl'), `${JSON.stringify({ text: edited(textOf(5, 200), 1) })}\n`);
    const grown = await buildIt(folder, 'first', recipe);
    expect(grown.plan.near).toEqual({ clusters: 400, documents: 801, largest: 3 });
    const kept = grown.store.manifest.parts
      .map(({ name }) => `${name}.sketch`)
      .filter((name) => before.has(name));
    expect(kept).toHaveLength(1);
    expect(stampOf(folder, kept[0]!)).toBe(before.get(kept[0]!));
    expect(plan.near!.documents).toBe(800);

    // One that nothing needs any more is a part's file like its tokens.
    expect(storeSummary(store.folder).unneeded.files.filter((name) => name.endsWith('.sketch'))).toHaveLength(
      1,
    );

    const sound = hashes(store.folder);
    const file = join(store.folder, kept[0]!);
    const bytes = readFileSync(file);
    bytes[bytes.length - 9]! ^= 1;
    writeFileSync(file, bytes);
    const [fault] = (await verify(store.folder, false)).faults;
    expect(fault).toContain('it is made again when a recipe needs it');
    const again = await buildIt(folder, 'again', recipe);
    expect(again.plan.near).toEqual(grown.plan.near);
    expect(hashes(store.folder)).toEqual(sound);
  });

  function sketchesIn(folder: string): string[] {
    return readdirSync(join(folder, 'store')).filter((name) => name.endsWith('.sketch'));
  }

  function stampOf(folder: string, name: string): number {
    return statSync(join(folder, 'store', name)).mtimeMs;
  }
});
