/**
 * Shards with changed or missing bytes: every row is unchanged, or there is one error that names file and row.
 *
 * Two kinds of damage can't be detected without hashing the ids, which would cost more than feeding them: a changed id,
 * and padding that is declared as no padding. `longmix verify` detects both.
 */
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LongmixError } from '../../src/errors.ts';
import { openFeed } from '../../src/feed/feed.ts';
import { openSets } from '../../src/feed/rows/sets.ts';
import { feedServer } from '../../src/feed/serve/server.ts';
import type { ShardRecord, ShardSetManifest } from '../../src/shard/format.ts';
import { openShards } from '../../src/shard/reader.ts';
import { builtFolder, plainRow, type SeenRow, seenRows } from '../support/feed.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';
import { expectMessage, longmix } from '../support/in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-damage-'));
const mostMemory = 64 * 1024 * 1024;

/** A build that is damaged, and what its rows were. */
interface Victim {
  readonly build: string;
  readonly manifest: ShardSetManifest;
  readonly rows: readonly SeenRow[];
}
const victims = new Map<string, Victim>();

beforeAll(async () => {
  for (const name of ['plain', 'wide'] as const) {
    const whole = await builtFolder(join(folder, name), name);
    const build = join(folder, `${name}-damaged`);
    cpSync(whole, build, { recursive: true });
    const manifest = openShards(join(build, 'train'));
    const rows = Array.from({ length: manifest.rows }, (_, row) => plainRow(whole, 'train', row));
    victims.set(name, { build, manifest, rows });
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rows of a shard in the set, from..to (exclusive). */
function rowsOf({ shards }: ShardSetManifest, shard: number): [from: number, to: number] {
  const from = shards.slice(0, shard).reduce((sum, { rows }) => sum + rows, 0);
  return [from, from + shards[shard]!.rows];
}

/** The fault of a row that is read alone, or the row. */
function rowOrError(path: string, read: () => SeenRow): SeenRow | null {
  const before = process.memoryUsage().arrayBuffers;
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(LongmixError);
    const { code, message } = error as LongmixError;
    expect(code).toBe('shards-damaged');
    expect(message).toMatch(/: row \d+: /);
    expect(message).toContain(path);
    return null;
  } finally {
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(mostMemory);
  }
}

/** Reads every row of a shard that now has these bytes, and puts the old ones back; null: an error, as it should be. */
function readDamaged({ build, manifest }: Victim, shard: number, bytes: Uint8Array): (SeenRow | null)[] {
  const path = join(build, 'train', manifest.shards[shard]!.name);
  const whole = readFileSync(path);
  writeFileSync(path, bytes);
  const feed = openFeed(build, { rowsPerStep: 1 });
  try {
    const [from, to] = rowsOf(manifest, shard);
    return Array.from({ length: to - from }, (_, i) =>
      rowOrError(path, () => seenRows(feed.batch({ epoch: 0, step: from + i }, 0, 1))[0]!),
    );
  } finally {
    feed.close();
    writeFileSync(path, whole);
  }
}

/** A row's ids as they lie in the file. */
function idBytes({ ids }: SeenRow, { dtype }: ShardSetManifest): Buffer {
  return Buffer.from(dtype === 'uint16' ? Uint16Array.from(ids).buffer : Int32Array.from(ids).buffer);
}

function idsDiffering(found: SeenRow, was: SeenRow): number {
  return found.ids.filter((id, i) => id !== was.ids[i]).length + Math.abs(found.ids.length - was.ids.length);
}

describe.each(['plain', 'wide'])('a shard of %s', (name) => {
  const victim = () => victims.get(name)!;
  /** One in the middle, and the last, which is cut short. */
  const shards = () => [1, victim().manifest.shards.length - 1];
  const bytesOf = (shard: number) =>
    readFileSync(join(victim().build, 'train', victim().manifest.shards[shard]!.name));

  it('with any one byte changed gives the same rows but for an id, or an error', () => {
    const { manifest, rows } = victim();
    let noticed = 0;
    let changed = 0;
    const shard = 1;
    const whole = bytesOf(shard);
    const [from] = rowsOf(manifest, shard);
    const ids = idBytes(rows[from]!, manifest);
    const firstId = whole.indexOf(ids);
    expect(firstId).toBeGreaterThan(0);
    const endOfIds = firstId + manifest.shards[shard]!.rows * ids.length;
    for (let at = 0; at < whole.length; at += 1) {
      // All of what says where things are; of the rest some.
      if (at >= firstId && at % (at < endOfIds ? 59 : 7) !== 0) continue;
      const bytes = Uint8Array.from(whole);
      bytes[at]! ^= [0x01, 0x80, 0xff, 0x10][at % 4]!;
      const found = readDamaged(victim(), shard, bytes);
      let other = 0;
      for (const [i, row] of found.entries()) {
        const was = rows[from + i]!;
        if (row === null) {
          noticed += 1;
          continue;
        }
        other += idsDiffering(row, was);
        const padding = row.padding === 0 ? 0 : was.padding;
        expect({ ...row, ids: [] }, `byte ${at}`).toEqual({ ...was, ids: [], padding });
      }
      expect(other, `byte ${at}`).toBeLessThanOrEqual(at >= firstId && at < endOfIds ? 1 : 0);
      changed += other;
    }
    expect(noticed).toBeGreaterThan(20);
    expect(changed).toBeGreaterThan(20);
  }, 120_000);

  it('cut off anywhere gives the same rows, or an error', () => {
    const { manifest, rows } = victim();
    for (const shard of shards()) {
      const whole = bytesOf(shard);
      const [from] = rowsOf(manifest, shard);
      for (let end = 0; end < whole.length; end += 31) {
        const found = readDamaged(victim(), shard, whole.subarray(0, end));
        for (const [i, row] of found.entries()) if (row !== null) expect(row).toEqual(rows[from + i]);
        // The last row's padding stands near the end, and what is behind it is not the feed's.
        if (end < whole.length / 2) expect(found).toContain(null);
      }
    }
  }, 120_000);

  it(
    'with garbage anywhere gives rows of that width, or an error, in every way of reading',
    async () => {
      const { build, manifest } = victim();
      const width = manifest.width;
      const damages = fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
          bytes: fc.oneof(
            fc.uint8Array({ minLength: 1, maxLength: 24 }),
            fc.constantFrom([0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [0, 0, 0, 0, 0, 0, 0, 0x40]),
          ),
        }),
        { minLength: 1, maxLength: 4 },
      );
      await fc.assert(
        fc.asyncProperty(damages, fc.boolean(), fc.boolean(), async (list, sortByWork, inHead) => {
          const path = join(build, 'train', manifest.shards[1]!.name);
          const whole = readFileSync(path);
          const bytes = Uint8Array.from(whole);
          const { offset } = manifest.shards[1]!.batches[0]!;
          const [begin, end] = inHead ? [offset, Math.min(whole.length, offset + 512)] : [0, whole.length];
          for (const { at, bytes: some } of list) {
            const place = Math.floor(begin + at * (end - begin));
            bytes.set(Uint8Array.from(some).subarray(0, whole.length - place), place);
          }
          writeFileSync(path, bytes);
          const feed = openFeed(build, { rowsPerStep: 8, sortByWork });
          try {
            for (let step = 0; step < feed.epochSteps; step += 1) {
              for (const rank of [0, 1]) {
                const given = await feed.batchAhead({ epoch: 1, step }, rank, 2).catch((error: unknown) => {
                  rowOrError(path, () => {
                    throw error;
                  });
                  return null;
                });
                if (given === null) continue;
                expect(given.inputIds.length).toBe(4 * width);
                for (const { seqLengths } of seenRows(given))
                  expect(seqLengths.reduce((sum, one) => sum + one, 0)).toBe(width);
              }
            }
          } finally {
            feed.close();
            writeFileSync(path, whole);
          }
        }),
        fuzz(40),
      );
    },
    fuzzTimeout(240_000),
  );
});

/** Makes lengths of the shard's first batch nonsense. */
function damageLengths({ build, manifest, rows }: Victim, shard: number): { path: string; mend: () => void } {
  const record: ShardRecord = manifest.shards[shard]!;
  const path = join(build, 'train', record.name);
  const whole = readFileSync(path);
  const [from] = rowsOf(manifest, shard);
  const lengths = rows.slice(from, from + 3).flatMap(({ seqLengths }) => seqLengths);
  const at = whole.indexOf(Buffer.from(Int32Array.from(lengths).buffer));
  expect(at).toBeGreaterThan(0);
  const bytes = Buffer.from(whole);
  bytes.writeInt32LE(-2_000_000_000, at);
  writeFileSync(path, bytes);
  return { path, mend: () => writeFileSync(path, whole) };
}

describe('lengths that are garbage', () => {
  it('end `longmix pipe` with one message', async () => {
    const victim = victims.get('plain')!;
    const { path, mend } = damageLengths(victim, 1);
    const outcome = await longmix(['pipe', victim.build]);
    mend();
    const [row] = rowsOf(victim.manifest, 1);
    expectMessage(
      { ...outcome, stdout: '' },
      1,
      new RegExp(`damaged shard set: ${path}: row ${row}: a document of -2000000000 tokens`),
    );
  });

  it('are said by `longmix serve`, which cuts that stream off and goes on with others', async () => {
    const victim = victims.get('plain')!;
    const { path, mend } = damageLengths(victim, 1);
    const errors: string[] = [];
    const opened = openSets(victim.build);
    const { server, stop } = feedServer(opened, {
      ...{ token: null, tls: null, maxConnections: 10, idleSeconds: 60 },
      onError: (message) => errors.push(message),
    });
    server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const asked = async (query: string) => {
      const [response] = (await once(
        get({ host: '127.0.0.1', port, path: `/v1/stream?${query}`, agent: false }),
        'response',
      )) as [IncomingMessage];
      response.on('error', () => {});
      response.resume();
      await new Promise((closed) => response.on('close', closed));
      return { code: response.statusCode, complete: response.complete };
    };
    const [row] = rowsOf(victim.manifest, 1);
    expect(await asked('')).toEqual({ code: 200, complete: false });
    expect(errors).toEqual([`damaged shard set: ${path}: row ${row}: a document of -2000000000 tokens`]);
    expect(await asked(`steps=${row}`)).toEqual({ code: 200, complete: true });
    expect(errors).toHaveLength(1);
    mend();
    await stop();
    for (const { files } of opened.sets) files.close();
  });
});

describe.each([
  ['train/manifest.json', 'plain'],
  ['schedule.json', 'phases'],
] as const)('a %s with something else in one place', (file, name) => {
  it('gives its rows, or one error', async () => {
    const build = join(folder, `${name}-spoilt`);
    cpSync(await builtFolder(join(folder, name), name), build, { recursive: true });
    const text = readFileSync(join(build, file), 'utf8');
    const values = [undefined, null, -1, 0, 1.5, 2 ** 53, 'x', [], {}];
    for (const path of placesIn(JSON.parse(text))) {
      for (const value of values) {
        const spoilt = JSON.parse(text) as Node;
        const holder = path.slice(0, -1).reduce((node, key) => node[key] as Node, spoilt);
        if (value === undefined) delete holder[path.at(-1)!];
        else holder[path.at(-1)!] = value;
        writeFileSync(join(build, file), JSON.stringify(spoilt));
        const error = errorOfFeed(build);
        expect(error, `${path.join('.')}: ${JSON.stringify(value)}`).toSatisfy(
          (found) => found === null || found instanceof LongmixError,
        );
      }
    }
  });
});

type Node = Record<string, unknown>;

/** What the feed reads, as paths: not what only people and `verify` look at; of a list its first entries. */
function placesIn(node: unknown, path: readonly string[] = []): string[][] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.keys(node)
    .filter(
      (key) => !['recipe', 'ledger', 'store', 'sequences', 'sources'].includes(key) && !(Number(key) > 1),
    )
    .flatMap((key) => [[...path, key], ...placesIn((node as Node)[key], [...path, key])]);
}

function errorOfFeed(build: string): unknown {
  try {
    const feed = openFeed(build);
    for (const step of new Set([0, feed.epochSteps - 1].filter((one) => one >= 0))) {
      for (const epoch of [0, 1]) feed.batch({ epoch, step }, 0, 1);
    }
    feed.close();
    return null;
  } catch (error) {
    return error;
  }
}
