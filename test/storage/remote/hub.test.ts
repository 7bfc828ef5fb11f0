import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAhead } from '../../../src/storage/remote/read-ahead.ts';
import type { RemoteStorage } from '../../../src/storage/remote/remote-storage.ts';
import { openRemote } from '../../../src/storage/remote.ts';
import { commit, type FakeHub, startFakeHub } from '../../support/fake-hub.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { failureOf, listed } from '../../support/remote.ts';

const files = new Map([
  ['README.md', Buffer.from('# hi\n')],
  ['data/a.jsonl', Buffer.from('{"text":"one"}\n')],
  ['data/b large.jsonl', Buffer.from(Array.from({ length: 3000 }, (_, index) => `${index}\n`).join(''))],
  ['data/sub/c#1.parquet', Buffer.alloc(1500, 'parquet')],
  ['data/sub/ü?.txt', Buffer.from('text')],
  ['empty.txt', Buffer.alloc(0)],
]);

const datasets = [
  { name: 'me/set', files, revisions: ['v1.0', 'refs/convert/parquet', 'a/branch'] },
  { name: 'oldest', files },
  { name: 'me/private', files, private: true },
  { name: 'me/gated', files, gated: true },
];

function environmentOf({ endpoint }: FakeHub, more: Record<string, string> = {}) {
  return { HOME: '/nowhere', HF_ENDPOINT: endpoint, ...more };
}

async function open(
  hub: FakeHub,
  address: string,
  more: Record<string, string> = {},
): Promise<RemoteStorage> {
  const patience = { tries: 3, firstWait: 1, stallSeconds: 5 };
  return await openRemote(address, { environment: environmentOf(hub, more), patience });
}

describe('a dataset of the hub', () => {
  it('is listed in pages, in the order of names, with what its folder is asked for', async () => {
    const hub = await startFakeHub(datasets);
    const storage = await open(hub, 'hf://datasets/me/set');
    const all = await listed(storage);
    expect(all.map(({ name, size }) => [name, size])).toEqual(
      [...files].map(([name, bytes]) => [name, bytes.length]).sort(),
    );
    const below = await open(hub, 'hf://datasets/me/set/data/');
    expect((await listed(below)).map(({ name }) => name)).toEqual([
      'a.jsonl',
      'b large.jsonl',
      'sub/c#1.parquet',
      'sub/ü?.txt',
    ]);
    expect((await listed(below, 'sub')).map(({ name }) => name)).toEqual(['sub/c#1.parquet', 'sub/ü?.txt']);
    expect(hub.requests.filter((request) => request.includes('cursor=')).length).toBeGreaterThan(2);
  });

  it('is pinned to the commit of its revision, and the pinned address gives the same files', async () => {
    const hub = await startFakeHub(datasets);
    for (const [revision, written] of [
      ['', ''],
      ['@v1.0', '@v1.0'],
      ['@refs/convert/parquet', '@refs/convert/parquet'],
      ['@a%2Fbranch', '@a%2Fbranch'],
    ]) {
      const storage = await open(hub, `hf://datasets/me/set${revision}/data`);
      expect(storage.where).toBe(`hf://datasets/me/set${written}/data`);
      expect(storage.pinned).toBe(`hf://datasets/me/set@${commit}/data`);
      hub.requests.length = 0;
      const pinned = await open(hub, storage.pinned);
      // A worker that is given the commit asks nothing about it.
      expect(hub.requests).toEqual([]);
      expect(await listed(pinned)).toEqual(await listed(storage));
    }
  });

  it('may have a name of one word', async () => {
    const hub = await startFakeHub(datasets);
    for (const address of ['hf://datasets/oldest', 'hf://datasets/oldest@main'])
      expect((await listed(await open(hub, address))).length).toBe(files.size);
    const storage = await open(hub, 'hf://datasets/oldest/data/sub');
    expect(storage.pinned).toBe(`hf://datasets/oldest@${commit}/data/sub`);
    expect((await listed(storage)).map(({ name }) => name)).toEqual(['c#1.parquet', 'ü?.txt']);
  });

  it('gives every file by any range, with the stamp of the list or with its own, which are the same', async () => {
    const hub = await startFakeHub(datasets);
    const storage = await open(hub, 'hf://datasets/me/set');
    for (const entry of await listed(storage)) {
      expect(await storage.stat(entry.name)).toEqual(entry);
      const expected = files.get(entry.name)!;
      for (const bytes of [await storage.open(entry.name, entry), await storage.open(entry.name)]) {
        expect([bytes.size, bytes.stamp]).toEqual([entry.size, entry.stamp]);
        const blocks: Buffer[] = [];
        for await (const block of readAhead(bytes, 1, entry.size, { rangeBytes: 700 })) blocks.push(block);
        expect(Buffer.concat(blocks).equals(expected.subarray(1))).toBe(true);
      }
    }
  });

  it('leads to another host, which is asked without the token, and again until its time is over', async () => {
    const hub = await startFakeHub(datasets);
    const storage = await open(hub, 'hf://datasets/me/set', { HF_TOKEN: hub.token });
    const name = 'data/b large.jsonl';
    const bytes = await storage.open(name, (await storage.stat(name))!);
    const into = Buffer.alloc(10);
    hub.requests.length = 0;
    for (const at of [0, 100, 200]) await bytes.read(at, into);
    expect(hub.requests.map((request) => request.slice(0, 3))).toEqual(['GET', 'CDN', 'CDN', 'CDN']);
    hub.signature += 1;
    await bytes.read(300, into);
    expect(into.equals(files.get(name)!.subarray(300, 310))).toBe(true);
    expect(hub.requests.slice(4).map((request) => request.slice(0, 3))).toEqual(['CDN', 'GET', 'CDN']);
  });

  it('is found as a file where the address names one', async () => {
    const hub = await startFakeHub(datasets);
    const file = await (await open(hub, 'hf://datasets/me/set/data/a.jsonl')).asFile();
    expect(file?.folder.pinned).toBe(`hf://datasets/me/set@${commit}/data`);
    expect(file?.entry).toMatchObject({ name: 'a.jsonl', size: 15 });
    const top = await (await open(hub, 'hf://datasets/oldest/README.md')).asFile();
    expect(top?.folder.where).toBe('hf://datasets/oldest');
    for (const address of ['hf://datasets/me/set', 'hf://datasets/me/set/data'])
      expect(await (await open(hub, address)).asFile()).toBeNull();
  });

  it('that is private is read with the token of the environment or of a file', async () => {
    const hub = await startFakeHub(datasets);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'huggingface'));
    for (const path of [join(folder, 'token'), join(folder, 'huggingface/token')])
      writeFileSync(path, `${hub.token}\n`);
    for (const more of [
      { HF_TOKEN: hub.token },
      { HF_TOKEN_PATH: join(folder, 'token') },
      { HF_HOME: folder },
      { XDG_CACHE_HOME: folder },
    ])
      expect((await listed(await open(hub, 'hf://datasets/me/private', more))).length).toBe(files.size);
  });
});

describe('what the hub refuses', () => {
  const cases: readonly (readonly [string, string, Record<string, string>, string, string, RegExp])[] = [
    [
      'a private dataset',
      'hf://datasets/me/private',
      {},
      'remote-missing',
      'or it is private',
      /set HF_TOKEN/,
    ],
    [
      'a name that is not there',
      'hf://datasets/me/nothing',
      {},
      'remote-missing',
      'no such dataset',
      /check the name/,
    ],
    ['a gated dataset', 'hf://datasets/me/gated', {}, 'remote-denied', 'gated', /ask for access/],
    [
      'a revision',
      'hf://datasets/me/set@v9',
      {},
      'remote-missing',
      'no such revision',
      /branch, a tag or a commit/,
    ],
    [
      'a folder',
      'hf://datasets/me/set/nothing',
      {},
      'remote-missing',
      'no such file or folder',
      /check the path/,
    ],
    [
      'a wrong token',
      'hf://datasets/me/set',
      { HF_TOKEN: 'hf_planted-other' },
      'remote-missing',
      'or it is private',
      /HF_TOKEN/,
    ],
    [
      'a token of two lines',
      'hf://datasets/me/set',
      { HF_TOKEN: 'hf_a\nhf_b' },
      'remote-settings',
      'line breaks',
      /without/,
    ],
    ['a model', 'hf://models/me/x', {}, 'remote-address', 'only datasets', /hf:\/\/datasets/],
    ['a way out', 'hf://datasets/me/set/../../x', {}, 'remote-address', 'a part of it', /hf:\/\/datasets/],
  ];
  it.each(cases)('%s has its own message and cure', async (_, address, more, code, message, cure) => {
    const hub = await startFakeHub(datasets);
    const error = await failureOf(async () => await listed(await open(hub, address, more)));
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(error.message).toContain(message);
    expect(error.cure).toMatch(cure);
  });

  it('a file that is not there is said when it is opened, and nothing can be written', async () => {
    const hub = await startFakeHub(datasets);
    const storage = await open(hub, 'hf://datasets/me/set');
    const missing = await failureOf(async () => await storage.open('data/nothing'));
    expect(missing).toMatchObject({ code: 'remote-missing', where: 'hf://datasets/me/set/data/nothing' });
    expect(await failureOf(() => storage.create('x'))).toMatchObject({ code: 'remote-unsupported' });
  });
});
