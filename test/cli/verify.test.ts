/** Damaged files: verify names each one, other commands end with a message, and nothing crashes. */
import {
  closeSync,
  cpSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rememberFiles } from '../../src/build/store/store-match.ts';
import { type ShardSetManifest, shardVersion } from '../../src/shard/format.ts';
import { storeFiles } from '../../src/store/format.ts';
import { openStore } from '../../src/store/reader.ts';
import { expectMessage, jsonLines, type Outcome, workplace } from '../support/in-process.ts';
import { partsOf } from '../support/store-files.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
const at = (name: string): string => join(place.path, name);
const shard = 'made/train/data-00000-of-00001.arrow';

beforeAll(async () => {
  place.write('web.jsonl', jsonLines(200));
  place.write(
    'mix.yaml',
    'sources: { web: ./web.jsonl }\nsequences: { length: 256 }\nsplit: { validation: 5% }\n',
  );
  expect((await place.run('build', 'mix.yaml', '--out', 'whole', '--quiet')).code).toBe(0);
}, 60_000);

beforeEach(() => {
  rmSync(at('made'), { recursive: true, force: true });
  cpSync(at('whole'), at('made'), { recursive: true });
});

const tokens = (): string => `made/store/${partsOf(at('made/store'))[0]}`;

function flipByte(file: string, position: number): void {
  const descriptor = openSync(at(file), 'r+');
  writeSync(descriptor, Uint8Array.of(readFileSync(at(file))[position]! ^ 1), 0, 1, position);
  closeSync(descriptor);
}

function expectFaults({ code, stdout, stderr }: Outcome, ...faults: RegExp[]): void {
  for (const fault of faults) expect(stdout).toMatch(fault);
  expect(stderr).toMatch(/^longmix: made(\/\w+)?: \d+ faults?\n {2}\S.*--fresh\n$/);
  expect(code).toBe(1);
}

describe('verify', () => {
  test.each([[['made']], [['made', '--deep']], [['made/train', '--deep']], [['made/store', '--deep']]])(
    '%s is well',
    async (args) => {
      const { code, stdout, stderr } = await place.run('verify', ...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^ok: made.*: \d files?, [\d.,]+ [KM]?B\n$/);
    },
  );

  test('--json', async () => {
    const { stdout } = await place.run('verify', 'made', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      folders: ['made/train', 'made/validation'],
      // A shard and its list of documents each.
      files: 4,
      faults: [],
    });
    flipByte(shard, 5000);
    const damaged = await place.run('verify', 'made', '--json');
    expect(damaged.code).toBe(1);
    expect(JSON.parse(damaged.stdout)).toMatchObject({ faults: [expect.stringContaining('sha256 differs')] });
  });

  test('one flipped bit', async () => {
    flipByte(shard, 5000);
    expectFaults(await place.run('verify', 'made'), /data-00000-of-00001\.arrow: its bytes have changed/);
    expectFaults(await place.run('verify', 'made', '--deep'), /train row \d+: /);
  });

  test('a truncated shard', async () => {
    truncateSync(at(shard), 3000);
    expectFaults(await place.run('verify', 'made'), /arrow: 3000 bytes, the manifest says \d+/);
    expectFaults(await place.run('verify', 'made', '--deep'), /arrow: 3000 bytes, the manifest says \d+/);
  });

  test('a deleted shard', async () => {
    rmSync(at(shard));
    expectFaults(await place.run('verify', 'made'), /arrow: cannot be read: no such file/);
  });

  test('a shard of something else', async () => {
    cpSync(at(shard), at('made/train/data-00001-of-00002.arrow'));
    expectFaults(await place.run('verify', 'made'), /data-00001-of-00002\.arrow: it is not in the manifest/);
  });

  test('a store with a flipped bit', async () => {
    flipByte(tokens(), 100);
    expectFaults(await place.run('verify', 'made/store'), /part-\w+\.tokens: its bytes have changed/);
    expectFaults(
      await place.run('verify', 'made', '--deep'),
      /store\/part-\w+\.tokens: its bytes have changed/,
      /row \d+: piece \d+ differs from document/,
    );
  });

  test('a store that was written to is refused, not built from', async () => {
    flipByte(tokens(), 100);
    for (const set of ['train', 'validation']) rmSync(at(`made/${set}`), { recursive: true });
    const build = ['build', 'mix.yaml', '--out', 'made', '--quiet'];
    expectMessage(await place.run(...build), 1, /part-\w+\.tokens: its bytes have changed/, /--fresh/);
    expect((await place.run(...build, '--fresh')).code).toBe(0);
    expect((await place.run('verify', 'made', '--deep')).code).toBe(0);
  });

  test('shards made from a store with a flipped bit, which agree with it', async () => {
    flipByte(tokens(), 100);
    // As a failing disk does: its times are as they were.
    rememberFiles(at('made/store'), storeFiles(openStore(at('made/store'))));
    for (const set of ['train', 'validation']) rmSync(at(`made/${set}`), { recursive: true });
    expect((await place.run('build', 'mix.yaml', '--out', 'made', '--quiet')).code).toBe(0);
    const { code, stdout } = await place.run('verify', 'made', '--deep');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^.*made\/store\/part-\w+\.tokens: its bytes have changed.*\n$/);
    expect((await place.run('build', 'mix.yaml', '--out', 'made', '--quiet', '--fresh')).code).toBe(0);
    expect((await place.run('verify', 'made', '--deep')).code).toBe(0);
  });

  test('with a store that has another corpus now, --deep says so', async () => {
    place.write('more.jsonl', jsonLines(5));
    place.write('other.yaml', 'sources: { web: ./more.jsonl }\n');
    expect((await place.run('tokenize', 'other.yaml', '--out', 'made/store', '--quiet')).code).toBe(0);
    const { code, stderr } = await place.run('verify', 'made', '--deep');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^note: made\/train: its token store is of another corpus or tokenizer now, so/m);
  });

  test('without the store, --deep says what it could not do', async () => {
    rmSync(at('made/store'), { recursive: true });
    const { code, stderr } = await place.run('verify', 'made', '--deep');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^note: made\/train: its token store is gone.*not compared/m);
  });

  test('a split without its manifest', async () => {
    rmSync(at('made/train/manifest.json'));
    expectMessage(await place.run('verify', 'made'), 1, /no finished shard set here: made\/train/);
    expectMessage(
      await place.run('verify', 'made/train'),
      1,
      /no finished shards and no finished token store in/,
    );
  });

  test('no folder', async () => {
    expectMessage(await place.run('verify', 'nowhere'), 2, /nowhere/);
  });
});

describe('a damaged record of a folder', () => {
  test.each([
    { what: 'garbage', content: 'garbage' },
    { what: 'torn', content: `{"format": "longmix-shards", "version": ${shardVersion}` },
    { what: 'with nothing in it', content: `{"format": "longmix-shards", "version": ${shardVersion}}` },
  ])('manifest.json: $what', async ({ content }) => {
    writeFileSync(at('made/train/manifest.json'), content);
    expectMessage(await place.run('verify', 'made'), 1, /manifest\.json/);
    expectMessage(await place.run('inspect', 'made'), 1, /manifest\.json/);
    expectMessage(await place.run('stats', 'made'), 1, /manifest\.json/);
  });

  test('dataset_dict.json', async () => {
    writeFileSync(at('made/dataset_dict.json'), 'garbage');
    expectMessage(await place.run('verify', 'made'), 1, /dataset_dict\.json/);
    expectMessage(await place.run('stats', 'made'), 1, /dataset_dict\.json/);
    expectMessage(await place.run('pipe', 'made'), 1, /dataset_dict\.json/);
  });

  test('store.json', async () => {
    writeFileSync(at('made/store/store.json'), 'garbage');
    expectMessage(await place.run('verify', 'made/store'), 1, /store\.json: it is not JSON/);
    expectMessage(await place.run('stats', 'made/store'), 1, /store\.json: it is not JSON/);
    expectMessage(
      await place.run('build', 'mix.yaml', '--out', 'made'),
      1,
      /store\.json: it is not JSON/,
      /--fresh/,
    );
  });

  test('the index of the store', async () => {
    truncateSync(at(`made/store/${partsOf(at('made/store'), '.docs.arrow')[0]}`), 300);
    expectMessage(await place.run('stats', 'made/store'), 1, /part-\w+\.docs\.arrow: it cannot be read/);
  });
});

describe('a damaged shard', () => {
  test('inspect says so where it is deleted', async () => {
    rmSync(at(shard));
    expectMessage(await place.run('inspect', 'made'), 1, /data-00000-of-00001\.arrow/);
  });

  test('inspect says so where it is truncated, and shows no empty row', async () => {
    truncateSync(at(shard), 3000);
    expectMessage(await place.run('inspect', 'made', '--row', '5'), 1, /data-00000-of-00001\.arrow/);
  });

  test('inspect says so where a record batch does not begin as one does', async () => {
    const { shards } = JSON.parse(readFileSync(at('made/train/manifest.json'), 'utf8')) as ShardSetManifest;
    flipByte(shard, shards[0]!.batches[0]!.offset + 7);
    const what = /data-00000-of-00001\.arrow: its record batch 0 cannot be decoded/;
    expectMessage(await place.run('inspect', 'made'), 1, what);
  });

  test('build makes a deleted shard again', async () => {
    rmSync(at(shard));
    expect((await place.run('build', 'mix.yaml', '--out', 'made', '--quiet')).code).toBe(0);
    expect((await place.run('verify', 'made', '--deep')).code).toBe(0);
  });
});
