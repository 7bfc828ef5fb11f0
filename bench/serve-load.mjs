/**
 * Tests `longmix serve` under load, on loopback: many ranks at once, ranks that disconnect and return at their step,
 * readers that take nothing, wrong tokens, and nonsensical requests. Compares every row that a rank gets with the
 * feed's. Exits with 1 if a row was wrong, a connection stuck, or memory grew.
 *
 *   node bench/serve-load.mjs SHARDS [--seconds 60] [--ranks 64] [--reconnects 1000]
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RecordBatchReader } from 'apache-arrow';
import { openFeed } from '../dist/index.js';

const cli = fileURLToPath(new URL('../dist/bin/longmix.js', import.meta.url));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    ranks: { type: 'string', default: '64' },
    reconnects: { type: 'string', default: '1000' },
  },
});
const [shards] = positionals;
if (positionals.length !== 1) {
  console.error('usage: node bench/serve-load.mjs SHARDS [--seconds 60] [--ranks 64] [--reconnects 1000]');
  process.exit(2);
}
const ranks = Number(values.ranks);
const seconds = Math.min(600, Number(values.seconds));
const reconnects = Number(values.reconnects);
const token = 'a-token-for-the-load-test';
const feed = openFeed(shards, { rowsPerStep: ranks });
const rowBytes = feed.manifest.sets[0].width * (feed.manifest.dtype === 'uint16' ? 2 : 4);
/** Requests that ask for some steps each, as many as there is time for. */
const stepsARequest = 8;
const idleSeconds = 3;
/** Until the system's buffers are full, on a machine that is busy. */
const slackSeconds = 2;

const server = spawn(
  process.execPath,
  [cli, 'serve', shards, '--port', '0', '--rows-per-step', `${ranks}`, '--idle-timeout', `${idleSeconds}`],
  { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LONGMIX_TOKEN: token } },
);
let said = '';
server.stderr.setEncoding('utf8').on('data', (text) => {
  said += text;
});
while (!said.includes('\n')) await sleep(20);
const port = Number(/:(\d+)\n/.exec(said)[1]);

const end = performance.now() + seconds * 1000;
const counts = {
  batches: 0,
  reconnects: 0,
  wrongRows: 0,
  refusedTokens: 0,
  nonsense: 0,
  stalled: 0,
  other: 0,
};
const firstBytes = [];
const memory = [];
let random = 1;
const chance = () => {
  random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
  return random / 2 ** 32;
};

await Promise.all([
  ...Array.from({ length: ranks }, (_, rank) => runRank(rank)),
  ...Array.from({ length: 8 }, takeNothing),
  wrongTokens(),
  nonsense(),
  watchMemory(),
]);

const metrics = (await ask('/metrics')).body.toString();
const gauge = (name) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(metrics)[1]);
const [open, cut] = [gauge('longmix_open_streams'), gauge('longmix_streams_stalled_total')];
/** The server's own figure: the least of its bounds that 99 % of first batches kept. */
const within99 = [...metrics.matchAll(/first_batch_seconds_bucket\{le="([^"]+)"\} (\d+)/g)].find(
  ([, , count]) => Number(count) >= 0.99 * gauge('longmix_time_to_first_batch_seconds_count'),
)[1];
const stopBegan = performance.now();
server.kill('SIGTERM');
const [code] = await once(server, 'exit');
const stopSeconds = (performance.now() - stopBegan) / 1000;

firstBytes.sort((a, b) => a - b);
const quantile = (q) => firstBytes[Math.min(firstBytes.length - 1, Math.floor(q * firstBytes.length))];
const complaints = said.split('\n').slice(1).join('\n');
const third = Math.floor(memory.length / 3);
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const [early, late] = [median(memory.slice(third, 2 * third)), median(memory.slice(2 * third))];
console.log(
  JSON.stringify(
    {
      seconds,
      ranks,
      ...counts,
      streams: firstBytes.length,
      mbPerSecond: Math.round((counts.batches * rowBytes) / seconds / 1e6),
      firstBatchMs: { p50: quantile(0.5), p99: quantile(0.99), max: firstBytes.at(-1) },
      firstBatchSentIn99: `${within99} s`,
      rssMb: { secondThird: early, lastThird: late, max: Math.max(...memory) },
      openAtEnd: open,
      cutByServer: cut,
      exit: { code, seconds: stopSeconds },
      serverSaid: complaints,
    },
    null,
    2,
  ),
);
const sound =
  counts.wrongRows === 0 &&
  counts.other === 0 &&
  counts.reconnects >= reconnects &&
  complaints === '' &&
  open === 0 &&
  cut >= counts.stalled &&
  late < early * 1.2 + 20 &&
  code === 143;
process.exitCode = sound ? 0 : 1;

/** A rank that goes through the epochs, breaks off now and then, and comes back at the step it is at. */
async function runRank(rank) {
  let position = { epoch: Math.floor(chance() * 3), step: Math.floor(chance() * feed.epochSteps) };
  // So that all of them together break off as often as asked, spread over the time.
  const pace = (0.7 * seconds * 1000 * ranks) / reconnects;
  let nextBreak = performance.now() + chance() * 2 * pace;
  while (performance.now() < end) {
    const path = `/v1/stream?rank=${rank}&world_size=${ranks}&epoch=${position.epoch}&start_step=${position.step}&steps=${stepsARequest}`;
    const breaks = performance.now() > nextBreak && counts.reconnects < reconnects;
    const began = performance.now();
    const stopAt = breaks ? Math.floor(chance() * stepsARequest * rowBytes) : null;
    const { body, firstMs, code, broken } = await ask(path, { stopAt });
    if (code !== 200 || (broken && !breaks)) counts.other += 1;
    if (firstMs !== null) firstBytes.push(firstMs);
    if (breaks) {
      counts.reconnects += 1;
      nextBreak = began + (0.5 + chance()) * pace;
    }
    for (const batch of wholeBatches(body)) {
      const [epoch, step] = ['epoch', 'step'].map((name) => batch.getChild(name).get(0));
      if (epoch !== position.epoch || step !== position.step || !isRight(batch, position, rank))
        counts.wrongRows += 1;
      counts.batches += 1;
      position =
        position.step + 1 < feed.epochSteps
          ? { epoch: position.epoch, step: position.step + 1 }
          : { epoch: position.epoch + 1, step: 0 };
    }
    // As if it trained: all ranks without a pause would only measure this script.
    await sleep(chance() * 200);
  }
}

function isRight(batch, position, rank) {
  const wanted = feed.batch(position, rank, ranks);
  const bytes = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);
  const hash = (array) => createHash('sha1').update(bytes(array)).digest('hex');
  const ids = batch.getChild('input_ids').data[0].children[0].values;
  const lengths = batch.getChild('seq_lengths').data[0].children[0].values;
  const rows = batch.getChild('row').toArray();
  return (
    hash(ids.subarray(0, wanted.inputIds.length)) === hash(wanted.inputIds) &&
    hash(lengths.subarray(0, wanted.seqLengths.length)) === hash(wanted.seqLengths) &&
    hash(rows) === hash(wanted.rows)
  );
}

function wholeBatches(body) {
  const found = [];
  try {
    for (const reader of RecordBatchReader.readAll(body)) {
      // Of a stream that broke off behind its schema Arrow's reader makes a batch without rows.
      for (const batch of reader) if (batch.numRows > 0) found.push(batch);
    }
  } catch {
    // Broken off in the middle of a message.
  }
  return found;
}

/** Asks for all there is and reads none of it: the server must cut it off. */
async function takeNothing() {
  while (performance.now() < end - (idleSeconds + slackSeconds) * 1000) {
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.on('error', () => {});
    socket.write(
      `GET /v1/stream?world_size=1&steps=4000000000 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    counts.stalled += 1;
    await sleep((idleSeconds + slackSeconds) * 1000);
    // Nobody would notice the end without reading.
    socket.destroy();
  }
}

async function wrongTokens() {
  while (performance.now() < end) {
    const { code } = await ask('/v1/stream', {
      authorization: `Bearer ${token.slice(0, 1 + Math.floor(chance() * 20))}`,
    });
    if (code === 401) counts.refusedTokens += 1;
    else counts.other += 1;
    await sleep(30);
  }
}

async function nonsense() {
  const paths = [
    '/v1/stream?rank=-1',
    `/v1/stream?${'a'.repeat(5000)}`,
    `/${'b'.repeat(60_000)}`,
    '/v1/stream?rank=9e9',
    '/%00',
  ];
  while (performance.now() < end) {
    const { code } = await ask(paths[Math.floor(chance() * paths.length)]);
    if (code >= 400 && code < 500) counts.nonsense += 1;
    else counts.other += 1;
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.end(Uint8Array.from({ length: 200 }, () => Math.floor(chance() * 256)));
    socket.resume();
    await once(socket, 'close');
    await sleep(30);
  }
}

async function watchMemory() {
  while (performance.now() < end) {
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    memory.push(Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024));
    await sleep(500);
  }
}

/** @param stopAt break off after so many bytes; null: read all of it */
function ask(path, { stopAt = null, authorization = `Bearer ${token}` } = {}) {
  return new Promise((resolve) => {
    const began = performance.now();
    const chunks = [];
    let bytes = 0;
    let firstMs = null;
    let code = 0;
    const asked = request({ host: '127.0.0.1', port, path, headers: { authorization }, agent: false });
    const done = (broken) => {
      clearTimeout(timer);
      resolve({ body: Buffer.concat(chunks), firstMs, code, broken });
    };
    // A stuck connection counts as one that went wrong.
    const timer = setTimeout(() => asked.destroy(new Error('stuck')), 30_000);
    asked.on('error', () => done(true));
    asked.on('response', (response) => {
      code = response.statusCode;
      response.on('data', (chunk) => {
        firstMs ??= performance.now() - began;
        chunks.push(chunk);
        bytes += chunk.length;
        if (stopAt !== null && bytes > stopAt) asked.destroy();
      });
      response.on('error', () => {});
      response.on('close', () => done(!response.complete));
    });
    asked.end();
  });
}
