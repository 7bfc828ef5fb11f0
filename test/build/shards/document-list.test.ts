/** documents.parquet says where the documents of a shard set came from, even after the set was copied elsewhere. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../../src/build/build.ts';
import { originsOf } from '../../../src/build/origins.ts';
import { verify } from '../../../src/build/verify.ts';
import { parseRecipe } from '../../../src/recipe/parse-recipe.ts';
import { openShards, readRow } from '../../../src/shard/reader.ts';
// Threads are what the build makes of them.
import '../../support/command.ts';
import { writeDiskCorpus, writeDiskRecipe } from '../../support/disk-corpus.ts';
import { hashes } from '../../support/folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-documents-'));
const keys = { split: { validation: '10%' }, sequences: { length: 64 }, shards: { size: '16KB' } };
const out = join(folder, 'out');
const buildIt = async (name: string, more: object = {}, workers = 1, fresh = false) => {
  const path = writeDiskRecipe(folder, 'listed', { ...keys, ...more });
  await build(parseRecipe(readFileSync(path, 'utf8'), path), join(folder, name), { workers, fresh });
};
beforeAll(async () => {
  writeDiskCorpus(folder);
  await buildIt('out');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Line {
  readonly doc_id: bigint;
  readonly source: string;
  readonly file: string;
  readonly record: bigint;
  readonly id: string | null;
  readonly tokens: bigint;
}

async function lines(set: string): Promise<Line[]> {
  const file = await asyncBufferFromFile(join(set, 'documents.parquet'));
  return (await parquetReadObjects({ file })) as unknown as Line[];
}

function documentsInRows(set: string): Set<number> {
  const manifest = openShards(set);
  const rows = Array.from({ length: manifest.rows }, (_, row) => readRow(set, manifest, row));
  return new Set(rows.flatMap(({ docIds }) => docIds));
}

describe('documents.parquet', () => {
  it.each(['train', 'validation'])('lists the documents of the rows, ascending: %s', async (split) => {
    const listed = await lines(join(out, split));
    const inRows = [...documentsInRows(join(out, split))].sort((a, b) => a - b);
    expect(listed.map(({ doc_id }) => Number(doc_id))).toEqual(inRows);
    expect(openShards(join(out, split)).documents).toMatchObject({ rows: inRows.length });
  });

  it('says the file and the record of each', async () => {
    const listed = await lines(join(out, 'train'));
    const notes = listed.filter(({ source }) => source === 'notes');
    expect(notes.length).toBeGreaterThan(100);
    for (const { file, record, id } of notes) {
      const text = readFileSync(join(folder, 'notes', file), 'utf8').split('\n')[Number(record) - 1]!;
      expect((JSON.parse(text) as { id: string }).id).toBe(id);
    }
    const stories = listed.filter(({ source }) => source === 'stories');
    expect(stories.length).toBeGreaterThan(20);
    for (const { file, record, id } of stories) {
      expect(existsSync(join(folder, 'stories', file))).toBe(true);
      expect([record, id]).toEqual([0n, null]);
    }
    expect(new Set(listed.map(({ source }) => source)).size).toBeGreaterThan(4);
    for (const { tokens } of listed) expect(tokens).toBeGreaterThan(0n);
  });

  it('is the same for any number of workers', async () => {
    await buildIt('threads', {}, 3);
    const of = (name: string) => hashes(join(folder, name))['train/documents.parquet'];
    expect(of('threads')).toMatch(/^[0-9a-f]{64}$/);
    expect(of('threads')).toBe(of('out'));
  });

  it('says it in a copy, without the store', async () => {
    const copy = join(folder, 'elsewhere');
    cpSync(join(out, 'train'), copy, { recursive: true });
    const manifest = openShards(copy);
    const { docIds } = readRow(copy, manifest, 3);
    const origins = await originsOf(copy, manifest, new Set(docIds));
    expect([...origins!.keys()].sort((a, b) => a - b)).toEqual([...new Set(docIds)].sort((a, b) => a - b));
    expect((await verify(copy, true)).faults).toEqual([]);
    // A set of longmix before this file, which has the store only.
    const { documents: _, ...old } = JSON.parse(readFileSync(join(out, 'train/manifest.json'), 'utf8'));
    const before = join(out, 'old');
    cpSync(join(out, 'train'), before, { recursive: true });
    writeFileSync(join(before, 'manifest.json'), JSON.stringify({ ...old, version: 2 }));
    rmSync(join(before, 'documents.parquet'));
    const known = await originsOf(before, openShards(before), new Set(docIds));
    for (const [document, { file, record, id }] of origins!)
      expect(known!.get(document)).toMatchObject({ file, record, id });
    expect((await verify(before, true)).faults).toEqual([]);
    rmSync(before, { recursive: true });
  });

  it('is covered by verify, and written again where it is gone', async () => {
    const file = join(out, 'train/documents.parquet');
    const bytes = readFileSync(file);
    const changed = Buffer.from(bytes);
    changed[changed.length >> 1]! ^= 1;
    writeFileSync(file, changed);
    expect((await verify(out, false)).faults).toEqual([
      expect.stringMatching(/documents\.parquet: its bytes have changed/),
    ]);
    rmSync(file);
    expect((await verify(out, false)).faults).toEqual([
      expect.stringMatching(/documents\.parquet: cannot be read/),
    ]);
    await buildIt('out');
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect((await verify(out, true)).faults).toEqual([]);
  });

  it('is not there without provenance, nor left by a build that had it', async () => {
    await buildIt('plain');
    await buildIt('plain', { shards: { size: '16KB', provenance: false } }, 1, true);
    const set = join(folder, 'plain/train');
    expect(existsSync(join(set, 'documents.parquet'))).toBe(false);
    expect(openShards(set).documents).toBeNull();
    expect((await verify(join(folder, 'plain'), true)).faults).toEqual([]);
  });
});
