/** Every format and compression from a bucket of a real S3 server, or from the hub, gives the store that it gives from local files. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureStore } from '../../../src/build/store/token-store.ts';
import { LongmixError } from '../../../src/errors.ts';
import { discover } from '../../../src/read/input/discover.ts';
import { recipeFrom } from '../../../src/recipe/recipe-from.ts';
import { openRemote } from '../../../src/storage/remote.ts';
import { folderInputs, recordInputs } from '../../read/inputs.ts';
import { zstdFrames } from '../../read/zstd-frames.ts';
import { commit, startFakeHub } from '../../support/fake-hub.ts';
import { allFaults, startFaultProxy } from '../../support/fault-proxy.ts';
import { hashes, temporaryFolder } from '../../support/folder.ts';
import { type S3Server, s3Missing, startS3 } from '../../support/s3-server.ts';

const missing = s3Missing();

/** By day some of each format and each compression; `remote-store.test.ts` has them all, over HTTP. */
const all = { ...recordInputs, ...folderInputs };
const some =
  /^(jsonl|json|csv|tsv)(\.gz)?$|^(jsonl|a directory of \.txt)\.(zst|br)$|of \.txt$|SNAPPY|file, utf8|stream, dict/;
const names = Object.keys(all).filter((name) => process.env.LONGMIX_FUZZ !== undefined || some.test(name));

async function storeOf(source: object): Promise<Record<string, string>> {
  const folder = temporaryFolder();
  await ensureStore(recipeFrom({ sources: { corpus: source } }), folder, { workers: 1 });
  return hashes(folder);
}

/** Writes what one file of JSON Lines holds in some form. */
const forms: Readonly<Record<string, (folder: string, name: string, lines: Buffer) => void>> = {
  jsonl: (folder, name, lines) => writeFileSync(join(folder, `${name}.jsonl`), lines),
  gzip: (folder, name, lines) => writeFileSync(join(folder, `${name}.jsonl.gz`), gzipSync(lines)),
  zstd: (folder, name, lines) => writeFileSync(join(folder, `${name}.jsonl.zst`), zstdFrames(lines)),
  parquet(folder, name, lines) {
    const records = recordsOf(lines);
    const column = (field: 'id' | 'text') => ({
      ...{ name: field, type: 'STRING' as const },
      data: records.map((record) => String(record[field])),
    });
    const columnData = [column('id'), column('text')];
    const buffer = parquetWriteBuffer({ columnData, rowGroupSize: 200 });
    writeFileSync(join(folder, `${name}.parquet`), Buffer.from(buffer));
  },
  csv(folder, name, lines) {
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const rows = recordsOf(lines).map(({ id, text }) => `${quoted(String(id))},${quoted(text)}\n`);
    writeFileSync(join(folder, `${name}.csv`), `id,text\n${rows.join('')}`);
  },
  warc(folder, name, lines) {
    const members = recordsOf(lines).map(({ id, text }) => {
      const body = Buffer.from(text);
      const fields = [
        'WARC-Type: resource',
        `WARC-Record-ID: <${id}>`,
        'Content-Type: text/plain; charset=utf-8',
      ];
      const head = ['WARC/1.0', ...fields, `Content-Length: ${body.length}`, '', ''].join('\r\n');
      return gzipSync(Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n\r\n')]));
    });
    writeFileSync(join(folder, `${name}.warc.gz`), Buffer.concat(members));
  },
  text(folder, name, lines) {
    for (const [i, { text }] of recordsOf(lines).slice(0, 100).entries())
      writeFileSync(join(folder, `${name}-${i}.txt`), text);
  },
};

function recordsOf(lines: Buffer): { readonly id: unknown; readonly text: string }[] {
  const texts = lines
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  return texts.map((line) => JSON.parse(line) as { id: unknown; text: string });
}

describe.skipIf(missing !== null)(`from s3://${missing === null ? '' : `: ${missing}`}`, () => {
  let server: S3Server;

  beforeAll(async () => {
    server = await startS3('corpora');
    Object.assign(process.env, server.environment);
  });

  /** Puts a file, or all of a folder, under a name. */
  async function upload(bucket: string, name: string, path: string): Promise<void> {
    const storage = await openRemote(`s3://${bucket}`, { environment: server.environment });
    const put = async (key: string, from: string) => {
      const file = await storage.create(key);
      await file.write(readFileSync(from));
      await file.commit();
    };
    if (statSync(path).isFile()) return await put(name, path);
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const from = join(entry.parentPath, entry.name);
      await put(`${name}${from.slice(path.length)}`, from);
    }
  }

  it.each(names)('%s', async (name) => {
    const path = all[name]!();
    const key = `${name.replace(/[^a-z0-9.]+/gi, '-')}/${basename(path)}`;
    await upload('corpora', key, path);
    const local = await storeOf({ path });
    expect(await storeOf({ path: `s3://corpora/${key}` })).toEqual(local);
  });

  /** LONGMIX_CORPUS: a folder of .jsonl.gz files, for the nights. */
  it.skipIf(process.env.LONGMIX_CORPUS === undefined)(
    'a real corpus, large enough for ranges, in every form',
    async () => {
      const folder = process.env.LONGMIX_CORPUS!;
      const inputs = readdirSync(folder).filter((name) => name.endsWith('.jsonl.gz'));
      expect(inputs.length).toBeGreaterThan(0);
      const root = temporaryFolder();
      for (const form of Object.keys(forms)) mkdirSync(join(root, form));
      for (const input of inputs) {
        const lines = gunzipSync(readFileSync(join(folder, input)));
        for (const [form, write] of Object.entries(forms)) write(join(root, form), input.slice(0, -9), lines);
      }
      for (const form of Object.keys(forms)) {
        await upload('corpora', `real/${form}`, join(root, form));
        const local = await storeOf({ path: join(root, form) });
        expect(await storeOf({ path: `s3://corpora/real/${form}/` }), form).toEqual(local);
      }
    },
    1_200_000,
  );

  it('through a network with every fault, a store is the same, or there is one clear error', async () => {
    const proxy = await startFaultProxy(server.endpoint);
    // A client keeps the endpoint that it found, so the proxy stands before a bucket of its own.
    mkdirSync(join(server.folder, 'faulty'));
    const path = recordInputs['jsonl.zst']!();
    const key = `x/${basename(path)}`;
    await upload('faulty', key, path);
    const local = await storeOf({ path });
    process.env.AWS_ENDPOINT_URL_S3 = proxy.endpoint;
    let whole = 0;
    try {
      for (const [seed, fault] of allFaults.entries()) {
        // It takes the patience of a real client, half a minute.
        if (fault === 'stall') continue;
        proxy.plan = { seed, share: 0.4, faults: [fault] };
        const made = await storeOf({ path: `s3://faulty/${key}` }).catch((error: unknown) => {
          expect(error).toBeInstanceOf(LongmixError);
          return null;
        });
        if (made === null) continue;
        expect(made).toEqual(local);
        whole += 1;
      }
    } finally {
      process.env.AWS_ENDPOINT_URL_S3 = server.endpoint;
    }
    expect(whole).toBeGreaterThan(5);
  }, 300_000);
});

it.each(names.filter((name) => Object.hasOwn(recordInputs, name)))('from hf://datasets: %s', async (name) => {
  const path = recordInputs[name]!();
  const files = new Map([[`data/${basename(path)}`, readFileSync(path)]]);
  // A client keeps the endpoint that it found, so each hub has datasets of its own.
  const dataset = `me/${name.replace(/[^a-z0-9]+/gi, '-')}`;
  const hub = await startFakeHub([{ name: dataset, files }]);
  process.env.HF_ENDPOINT = hub.endpoint;
  const local = await storeOf({ path });
  const folder = temporaryFolder();
  const recipe = recipeFrom({ sources: { corpus: { path: `hf://datasets/${dataset}/data/*` } } });
  await ensureStore(recipe, folder, { workers: 1 });
  expect(hashes(folder)).toEqual(local);
  expect(await storeOf({ path: `hf://datasets/${dataset}@main/data/${basename(path)}` })).toEqual(local);
  // The commit is settled once, so that all threads read the same.
  const { units } = await discover(recipe.sources[0]!);
  expect(units[0]!.files[0]!.path).toContain(`${dataset}@${commit}/data/`);
});
