/**
 * What the S3 client costs beside the AWS SDK: CPU of the client per byte read, ranges of 8 MiB, 4 under way, from versitygw
 * on loopback. Each run is a process of its own, and clients take turns; the CPU is that of the reading alone, start-up in a
 * column of its own. The first pass has the compiling of the code in it.
 *
 *   scripts/s3-server.sh && npm run build
 *   mkdir /some/folder && cd /some/folder && npm install @aws-sdk/client-s3
 *   node bench/storage.mjs --sdk /some/folder [--mb 200] [--runs 5]      without --sdk: longmix alone
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { startServer } from './lib/s3-server.mjs';

const { values } = parseArgs({
  options: {
    sdk: { type: 'string' },
    mb: { type: 'string', default: '200' },
    runs: { type: 'string', default: '5' },
    client: { type: 'string' },
  },
});
const size = Number(values.mb) * 1e6;
const rangeBytes = 8 * 1024 * 1024;
const ranges = 4;
const bucket = 'bench';
const moduleOf = (path) => import(new URL(`../dist/storage/${path}`, import.meta.url).href);

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), 'longmix-bench-storage-'));
  const server = await startServer(folder, bucket);
  const clients = Object.keys(readers).filter((client) => client !== 'AWS SDK' || values.sdk !== undefined);
  try {
    const environment = { ...process.env, ...server.environment };
    await putObject(environment);
    const results = new Map(clients.map((client) => [client, []]));
    for (let run = 0; run < Number(values.runs); run += 1) {
      for (const client of clients) {
        const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--client', client];
        const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment });
        results.get(client).push(JSON.parse(stdout));
      }
    }
    print(results);
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(results) {
  const runs = [...results.values()][0].length;
  console.log(`${size / 1e6} MB, ranges of 8 MiB, ${ranges} under way; medians of ${runs} processes\n`);
  console.log(
    '| client | CPU of the first pass, ms | CPU of a later pass, ms | ns per byte | MB/s by the clock | load, ms | RSS, MB |\n|---|---|---|---|---|---|---|',
  );
  const medianOf = (client, key) => {
    const sorted = results
      .get(client)
      .map((run) => run[key])
      .sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  };
  for (const client of results.keys()) {
    const median = (key) => medianOf(client, key);
    const cells = [
      median('first').toFixed(0),
      median('cpu').toFixed(0),
      ((median('cpu') * 1e6) / size).toFixed(2),
      (size / 1e3 / median('wall')).toFixed(0),
      median('load').toFixed(0),
      median('rss').toFixed(0),
    ];
    console.log(`| ${client} | ${cells.join(' | ')} |`);
  }
  if (values.sdk === undefined) return;
  const share = (key) => (medianOf('longmix', key) / medianOf('AWS SDK', key)).toFixed(2);
  console.log(`\nlongmix over SDK: first pass ${share('first')}, later ones ${share('cpu')}`);
}

async function measure(client) {
  const start = performance.now();
  const read = await readers[client]();
  const load = performance.now() - start;
  const passes = [];
  for (let pass = 0; pass < 4; pass += 1) {
    const before = process.cpuUsage();
    const begin = performance.now();
    const bytes = await read(size);
    const { user, system } = process.cpuUsage(before);
    if (bytes !== size) throw new Error(`${client} read ${bytes} bytes`);
    passes.push({ wall: performance.now() - begin, cpu: (user + system) / 1e3 });
  }
  const [first, ...later] = passes;
  const { cpu, wall } = later.sort((a, b) => a.cpu - b.cpu)[1];
  return { load, first: first.cpu, cpu, wall, rss: process.resourceUsage().maxRSS / 1e3 };
}

const readers = {
  /** As corpora are read. */
  longmix: async () => {
    const { readAhead } = await moduleOf('remote/read-ahead.js');
    const file = await ownFile();
    return async (end) => {
      let bytes = 0;
      for await (const block of readAhead(file, 0, end, { rangeBytes, ranges })) bytes += block.length;
      return bytes;
    };
  },
  /** As columns of Parquet are read. */
  'longmix, each range into one buffer': async () => {
    const file = await ownFile();
    return (end) =>
      inRanges(end, async (at, to) => {
        const into = Buffer.allocUnsafeSlow(to - at);
        await file.readAside(at, into);
        return into;
      });
  },
  'AWS SDK': async () => {
    const { createRequire } = await import('node:module');
    const sdk = createRequire(pathToFileURL(`${values.sdk}/package.json`))('@aws-sdk/client-s3');
    const client = new sdk.S3Client({ forcePathStyle: true, endpoint: process.env.AWS_ENDPOINT_URL_S3 });
    return (end) =>
      inRanges(end, async (at, to) => {
        const range = { Bucket: bucket, Key: 'object', Range: `bytes=${at}-${to - 1}` };
        const answer = await client.send(new sdk.GetObjectCommand(range));
        return await answer.Body.transformToByteArray();
      });
  },
};

async function ownFile() {
  const { openRemote } = await moduleOf('remote.js');
  return await (await openRemote(`s3://${bucket}`)).open('object');
}

async function inRanges(end, get) {
  let bytes = 0;
  const underWay = [];
  for (let at = 0; at < end || underWay.length > 0; ) {
    while (underWay.length < ranges && at < end) {
      underWay.push(get(at, Math.min(end, at + rangeBytes)));
      at += rangeBytes;
    }
    bytes += (await underWay.shift()).length;
  }
  return bytes;
}

async function putObject(environment) {
  const { openRemote } = await moduleOf('remote.js');
  const storage = await openRemote(`s3://${bucket}`, { environment });
  const file = await storage.create('object');
  const block = Buffer.allocUnsafe(1e6);
  for (let index = 0; index < block.length; index += 1) block[index] = (index * 31) % 251;
  for (let done = 0; done < size; done += block.length)
    file.write(block.subarray(0, Math.min(block.length, size - done)));
  await file.commit();
}

if (values.client === undefined) await compare();
else console.log(JSON.stringify(await measure(values.client)));
