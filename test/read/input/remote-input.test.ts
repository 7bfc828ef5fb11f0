/** Files of a web server give what files of this machine give, from the same hash, by as few bytes as are needed. */
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { parquetRanges } from '../../../src/read/formats/parquet.ts';
import { discover } from '../../../src/read/input/discover.ts';
import { createUnitHash, hashInput } from '../../../src/read/input/hash-input.ts';
import { createReadCounts, read } from '../../../src/read/read.ts';
import { takeRemoteSettings, useCache } from '../../../src/storage/remote-settings.ts';
import { fileServer } from '../../support/file-server.ts';
import { errorOf, readSource, sourceOf, splitUnits, temporaryFolder } from '../helpers.ts';
import { recordInputs } from '../inputs.ts';

describe('over HTTP', () => {
  it.each(Object.keys(recordInputs))('%s has the same documents, ranges and hashes', async (name) => {
    const path = recordInputs[name]!();
    const { address } = await fileServer(dirname(path));
    const remote = sourceOf(`${address}/${basename(path)}`);
    expect((await readSource(remote)).documents).toEqual((await readSource(sourceOf(path))).documents);
    const [here, there] = await Promise.all(
      [sourceOf(path), remote].map(async (source) => splitUnits((await discover(source)).units, 5000)),
    );
    expect(there!.map(({ start, end }) => [start, end])).toEqual(here!.map(({ start, end }) => [start, end]));
    for (const [i, unit] of there!.slice(0, 3).entries()) {
      const hash = createUnitHash(unit);
      for await (const _ of read(unit, createReadCounts(), { hash }));
      expect(await hash.digest()).toBe(await hashInput(here![i]!));
    }
    expect(copies()).toEqual([]);
  });

  it('a program gets a copy under the name of the file, which goes', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'my letter.txt'), 'Dear reader');
    const { address } = await fileServer(folder);
    const command = [
      process.execPath,
      '-e',
      'console.log(process.argv[1]); process.stdout.write(require("fs").readFileSync(process.argv[1]))',
      '{file}',
    ];
    const { documents } = await readSource(sourceOf(`${address}/my%20letter.txt`, { command }));
    const [path, text] = documents[0]!.text.split('\n');
    expect([basename(path!), text]).toEqual(['my letter.txt', 'Dear reader']);
    expect(copies()).toEqual([]);
  });

  it('WARC in ranges of gzip members has the documents of the whole', async () => {
    const folder = temporaryFolder();
    const record = (i: number) => {
      const body = `A page, ${i}. ${'It has words. '.repeat(i)}`;
      const head = `WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <${i}>\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`;
      return gzipSync(`${head}${body}\r\n\r\n`);
    };
    writeFileSync(join(folder, 'a.warc.gz'), Buffer.concat(Array.from({ length: 60 }, (_, i) => record(i))));
    const { address } = await fileServer(folder);
    const here = await readSource(sourceOf(join(folder, 'a.warc.gz')), { rangeBytes: 2000 });
    const there = await readSource(sourceOf(`${address}/a.warc.gz`), { rangeBytes: 2000 });
    expect(here.documents).toHaveLength(60);
    expect(there.documents).toEqual(here.documents);
    expect(copies()).toEqual([]);
  });

  it('to cut a large JSON Lines file, only the text around the cuts is fetched', async () => {
    const folder = temporaryFolder();
    const lines = Array.from({ length: 40_000 }, (_, i) =>
      JSON.stringify({ id: i, text: `line ${i} ${'x'.repeat(i % 300)}` }),
    );
    writeFileSync(join(folder, 'a.jsonl'), `${lines.join('\n')}\n`);
    const { address, sent } = await fileServer(folder);
    const { units } = await discover(sourceOf(`${address}/a.jsonl`));
    const ranges = await splitUnits(units, 1_000_000);
    expect(ranges.length).toBeGreaterThan(5);
    expect(sent.bytes).toBeLessThan(ranges.length * 20_000);
    expect(
      (await readSource(sourceOf(`${address}/a.jsonl`), { rangeBytes: 1_000_000 })).documents,
    ).toHaveLength(40_000);
  });

  it('a file that changed since it was found is an error', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.jsonl');
    writeFileSync(path, '{"text": "before"}\n');
    const { address } = await fileServer(folder);
    const [unit] = (await discover(sourceOf(`${address}/a.jsonl`))).units;
    writeFileSync(path, '{"text": "after!"}\n');
    utimesSync(path, new Date(), new Date(Date.now() + 60_000));
    const reading = (async () => {
      for await (const _ of read(unit!, createReadCounts()));
    })();
    expect(await errorOf(reading)).toMatchObject({ code: 'input-changed', exitCode: 1 });
    expect(await errorOf(hashInput(unit!))).toMatchObject({ code: 'input-changed' });
  });

  it('a pointer of Git LFS is told when it is read', async () => {
    const folder = temporaryFolder();
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n';
    for (const name of ['a.txt', 'b.parquet', 'c.jsonl']) writeFileSync(join(folder, name), pointer);
    const { address } = await fileServer(folder);
    for (const name of ['a.txt', 'b.parquet', 'c.jsonl'])
      expect(await errorOf(readSource(sourceOf(`${address}/${name}`)))).toMatchObject({
        code: 'input-unfetched',
        where: `${address}/${name}`,
      });
  });

  it('a file that is not there', async () => {
    const { address } = await fileServer(temporaryFolder());
    const error = await errorOf(discover(sourceOf(`${address}/a.jsonl`)));
    expect(error).toMatchObject({ code: 'source-missing', exitCode: 2 });
    expect(error.message).toContain(`${address}/a.jsonl`);
    expect(error.cure).toContain('check the address');
  });
});

describe('of a Parquet file, the footer and the columns of the fields', () => {
  const rows = 3000;
  const write = (folder: string, other: string): string => {
    const column = (name: string, value: (i: number) => string) => ({
      name,
      data: Array.from({ length: rows }, (_, i) => value(i)),
      type: 'STRING' as const,
    });
    const noise = (i: number) => Buffer.alloc(300, `${other}${i * 7919}`).toString('base64');
    const buffer = parquetWriteBuffer({
      columnData: [
        column('noise', noise),
        column('text', (i) => `text ${i} ${'w'.repeat(i % 40)}`),
        column('id', (i) => `d${i}`),
        column('more', noise),
      ],
      codec: 'UNCOMPRESSED',
      rowGroupSize: 1000,
    });
    const path = join(folder, 'a.parquet');
    writeFileSync(path, Buffer.from(buffer));
    return path;
  };

  test('are all that is fetched, once', async () => {
    const folder = temporaryFolder();
    const path = write(folder, 'n');
    const { address, sent } = await fileServer(folder);
    const [unit] = (await discover(sourceOf(`${address}/a.parquet`))).units;
    sent.bytes = 0;
    const hash = createUnitHash(unit!);
    const counts = createReadCounts();
    for await (const _ of read(unit!, counts, { hash }));
    await hash.digest();
    expect(counts.documents).toBe(rows);
    const all = statSync(path).size;
    // The end of the file, in which the footer is looked for, and the chunks of two columns of four.
    expect(sent.bytes).toBeLessThan(64 * 1024 + all / 5);
    expect(all).toBeGreaterThan(2_000_000);
  });

  test('are what is hashed: the first and the last byte of each count, and no other', async () => {
    const path = write(temporaryFolder(), 'n');
    const { units } = await discover(sourceOf(path));
    const before = await hashInput(units[0]!);
    const content = readFileSync(path);
    const [footer, ...chunks] = await parquetRanges(units[0]!);
    expect(footer!.end).toBe(content.length);
    // Two columns in each of three row groups.
    expect(chunks).toHaveLength(6);
    const isIn = (at: number) => [footer!, ...chunks].some(({ start, end }) => at >= start && at < end);
    for (const { start, end } of chunks) {
      for (const at of [start - 1, start, end - 1, end]) {
        const other = Buffer.from(content);
        other[at]! ^= 1;
        writeFileSync(path, other);
        const after = await hashInput(units[0]!);
        if (isIn(at)) expect(after).not.toBe(before);
        else expect(after).toBe(before);
      }
    }
    writeFileSync(path, content);
    const ofNoise = {
      ...units[0]!,
      source: { ...units[0]!.source, fields: { text: 'noise', id: 'id', source: null } },
    };
    expect(await hashInput(ofNoise)).not.toBe(before);
  });
});

describe('with a cache', () => {
  test('what was read is not fetched again, whoever reads it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.jsonl'), '{"text": "kept"}\n'.repeat(1000));
    const { address, sent } = await fileServer(folder);
    const cache = join(temporaryFolder(), 'cache');
    useCache({ folder: cache, bytes: 1e9 });
    onTestFinished(() => useCache(null));
    const source = sourceOf(`${address}/a.jsonl`);
    expect((await readSource(source)).documents).toHaveLength(1000);
    const first = sent.bytes;
    expect((await readSource(source)).documents).toHaveLength(1000);
    // What a web server is asked is whether the file is the same.
    expect(sent.bytes - first).toBeLessThan(10);
    expect(readdirSync(cache)).toHaveLength(1);
  });
});

test('a signed query reads the file, and is in nothing that is made of it', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.jsonl'), '{"text": "secret"}\nnot JSON\n');
  const { address } = await fileServer(folder, (request, answer) => {
    if (request.url!.includes('sig=hunter2')) return false;
    answer.writeHead(403).end();
    return true;
  });
  const shown = `${address}/a.jsonl`;
  expect(await errorOf(discover(sourceOf(shown)))).toMatchObject({ code: 'remote-denied' });
  takeRemoteSettings({ cache: null, secrets: new Map([[shown, `${shown}?sig=hunter2`]]) });
  const { units } = await discover(sourceOf(shown));
  const { documents, counts } = await readSource(sourceOf(shown));
  expect(documents).toHaveLength(1);
  expect(JSON.stringify([units, counts])).not.toContain('hunter2');
});

/** Copies of this process that are in the temporary folder. */
function copies(): string[] {
  return readdirSync(tmpdir()).filter(
    (name) => name.startsWith('longmix-copy-') && name.includes(`-${process.pid}-`),
  );
}
