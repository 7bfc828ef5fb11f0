/**
 * Compares packing repeated documents with packing as many single documents of the same lengths: processor seconds,
 * including all threads and the kernel's part, and the process's peak RSS including the table.
 *
 *   node bench/copies.mjs [DOCUMENTS] [--length 8192] [--copies 10] [--every 1] [--once]
 *
 * One of `--every` documents has `--copies` copies, the others have one. With --once each copy is a document of its
 * own. Lengths are those of bench/planner.mjs.
 */
import { parseArgs } from 'node:util';
import { packRows } from '../dist/pack/rows.js';
import { createDocumentTable } from '../dist/store/reader.js';
import { makeTable, scramble, slimPajama } from './lib/synthetic-table.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    length: { type: 'string', default: '8192' },
    copies: { type: 'string', default: '10' },
    every: { type: 'string', default: '1' },
    once: { type: 'boolean', default: false },
  },
});
const documents = Number(positionals[0] ?? 1_000_000);
const [length, copies, every] = [values.length, values.copies, values.every].map(Number);

const sources = slimPajama(35);

const made = makeTable(documents, sources);
const copiesOf = (d) => (d % every === 0 ? copies : 1);
let count = 0;
for (let d = 0; d < documents; d += 1) count += copiesOf(d);
const document = new Uint32Array(count);
for (let d = 0, i = 0; d < documents; d += 1)
  for (let n = copiesOf(d); n > 0; n -= 1, i += 1) document[i] = d;
const table = values.once ? distinct() : made;
const sequences = {
  ...{ length, packing: 'best-fit', overlong: 'fragment', tails: 'carry', bos: false, eos: true },
  ...{ plusOne: false, packLength: null, decompose: null },
};
const instances = {
  ...{ count, document, mostCopies: values.once ? 1 : copies, packLength: null },
  parts: { copy: new Uint32Array(0), take: new Uint32Array(0) },
};
const before = process.cpuUsage();
const [plan] = packRows(instances, table, sequences, 17);
const { user, system } = process.cpuUsage(before);
const seconds = (user + system) / 1e6;
const million = (n) => (n / 1e6).toFixed(2);
console.log(
  `${values.once ? 'once' : 'copies'}: ${million(count)} M documents, ${million(plan.document.length)} M pieces, ` +
    `${million(plan.rows)} M rows: ${seconds.toFixed(2)} s, ${million(count / seconds)} M documents/s, ` +
    `${million(plan.document.length / seconds)} M pieces/s, ${(process.resourceUsage().maxRSS / 1e6).toFixed(2)} GB`,
);

/** Each copy with a key of its own, in an order in which equal lengths are not neighbours. */
function distinct() {
  const all = createDocumentTable(
    count,
    sources.map(([name]) => name),
    1,
  );
  all.partStarts[1] = count;
  for (let i = 0; i < count; i += 1) {
    // A prime steps through all of them.
    const d = document[(i * 7_368_787) % count];
    all.lengths[i] = made.lengths[d];
    all.keysLow[i] = scramble(i);
    all.keysHigh[i] = scramble(~i);
    all.source[i] = made.source[d];
  }
  for (let i = 0; i < count; i += 1) document[i] = i;
  return all;
}
