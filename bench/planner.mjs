/**
 * Measures time and memory of the planner's stages, through the functions that `build/plan/build-plan.ts` calls, on a
 * table of documents made in memory. The peer is best-fit decreasing in Python (bench/python/best_fit.py) on similar
 * lengths.
 *
 *   node bench/planner.mjs [DOCUMENTS] [LENGTH] [--long-share 60 [--repeat]] [--peer python3]
 *
 * Lengths are log-normal with SlimPajama's medians, as in test/support/synthetic-corpus.ts, in random order. All
 * documents are taken, except for a validation split of 0.1 %. With --long-share, documents of at least LENGTH tokens
 * get that share (in percent) of the tokens, so that some documents are left out, or repeat with --repeat. Seconds are
 * processor time, including all threads and the kernel's part (which provides memory); peak RSS is the process's, up to
 * the end of the stage.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cellNumbers, lengthBuckets, thresholdsOf } from '../dist/bucket/cells.js';
import { eligibility } from '../dist/mix/eligible.js';
import { planMix, takeHeldOut } from '../dist/mix/mix.js';
import { heldOut } from '../dist/mix/split.js';
import { discardsTails, imbalances, keepLedgers } from '../dist/pack/accounts/ledger.js';
import { packingQuality } from '../dist/pack/accounts/quality.js';
import { packRows } from '../dist/pack/rows.js';
import { makeTable, slimPajama } from './lib/synthetic-table.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    'long-share': { type: 'string' },
    repeat: { type: 'boolean', default: false },
    peer: { type: 'string' },
  },
});
const documents = Number(positionals[0] ?? 10_000_000);
const length = Number(positionals[1] ?? 32_768);
const seed = 17;

const sources = slimPajama(351);

const stages = [];
/** Does a stage and notes what it took. */
function stage(name, act) {
  const before = process.cpuUsage();
  const result = act();
  const { user, system } = process.cpuUsage(before);
  stages.push({ name, seconds: (user + system) / 1e6, rss: process.resourceUsage().maxRSS * 1024 });
  return result;
}

const table = stage('(make the table)', () => makeTable(documents, sources));
const { ledger, quality } = plan();
report();

function plan() {
  const rule = { kind: 'long_share', share: Number(values['long-share']) / 100 };
  const mix = {
    ...{
      tokens: 'all',
      sharesOf: 'tokens',
      shares: null,
      cells: null,
      method: values.repeat ? 'repeat' : 'drop',
      redistribute: 'never',
    },
    length: values['long-share'] === undefined ? null : { threshold: length, scope: 'global', rule },
    maxEpochs: { otherwise: values.repeat ? 100 : 1, of: new Map() },
  };
  const sequences = {
    ...{ length, packing: 'best-fit', overlong: 'fragment', tails: 'carry', bos: false, eos: true },
    ...{ plusOne: false, packLength: null, decompose: null },
  };
  const phases = [{ name: 'train', share: 1, mix, sequences }];
  const every = (otherwise) => ({ otherwise, of: new Map() });
  const rules = { minTokens: every(1), maxTokens: every(Number.POSITIVE_INFINITY), duplicates: 'remove' };

  const excluded = stage('bounds and duplicates', () => eligibility(table, rules));
  const held = stage('validation split', () => heldOut(table, 0.001, seed));
  const buckets = lengthBuckets(null, thresholdsOf(phases));
  const cellOf = stage('cells', () => cellNumbers(table, buckets, table.lengths));
  const mixed = stage('sampling', () => {
    const barred = new Uint8Array(documents);
    for (let d = 0; d < documents; d += 1) barred[d] = held[d] | excluded[d];
    return planMix(table, cellOf, buckets, barred, { phases, phaseDocuments: 'disjoint', seed })[0].instances;
  });
  const train = stage('best-fit', () => packRows(mixed, table, sequences, seed));
  const inCell = new Uint8Array(table.sources.length * buckets.length).fill(1);
  const account = (side, instances, plans) => {
    const split = { table, cellOf, buckets, held, side, excluded };
    const { whole } = keepLedgers(split, [{ mix, sequences, instances, plans, inCell }]);
    const faults = imbalances(whole, discardsTails(sequences));
    if (faults.length > 0) throw new Error(faults.join('; '));
    return whole;
  };
  const ledger = stage('ledger', () => account(0, mixed, train));
  const quality = stage('quality', () => packingQuality(train, table, mixed, sequences));
  stage('all of the validation split', () => {
    const instances = takeHeldOut(table, held, excluded, sequences);
    const plans = packRows(instances, table, sequences, seed);
    account(1, instances, plans);
    packingQuality(plans, table, instances, sequences);
  });
  return { ledger, quality };
}

function report() {
  const count = (n) => Math.round(n).toLocaleString('en-US');
  console.log(
    `${cpus()[0].model}, Node ${process.version}; L = ${count(length)}, ${count(documents)} documents`,
  );
  console.log(
    `${count(ledger.read)} tokens read, ${count(ledger.packedInstances)} in ${count(ledger.rows)} rows;`,
  );
  const { fill, rowsOverConcat, fitting, fittingCut, pieces } = quality;
  console.log(
    `${count(pieces)} pieces, fill ${(100 * fill).toFixed(4)}%, rows over concat ${(100 * rowsOverConcat).toFixed(5)}%, ` +
      `${count(fittingCut)} of ${count(fitting)} documents that fit are cut\n`,
  );
  console.log('| stage | seconds | documents/s | peak RSS, GB |\n|---|---|---|---|');
  const line = (name, seconds, rss) =>
    console.log(
      `| ${name} | ${seconds.toFixed(2)} | ${count(documents / seconds)} | ${(rss / 1e9).toFixed(2)} |`,
    );
  for (const { name, seconds, rss } of stages) line(name, seconds, rss);
  const sum = (...names) =>
    stages.filter(({ name }) => names.includes(name)).reduce((total, { seconds }) => total + seconds, 0);
  const last = stages.at(-1).rss;
  line('cells + sampling + best-fit', sum('cells', 'sampling', 'best-fit'), last);
  line('all but the table', sum(...stages.slice(1).map(({ name }) => name)), last);
  if (values.peer === undefined) return;
  const script = fileURLToPath(new URL('python/best_fit.py', import.meta.url));
  const input = table.lengths.subarray(0, Math.min(documents, 1_000_000));
  const { stdout, stderr, status } = spawnSync(values.peer, [script, String(length)], {
    input: new Uint8Array(new Uint32Array(input).buffer),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  process.stdout.write(stdout);
}
