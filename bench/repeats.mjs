/**
 * Measures mixes in which documents repeat: excess rows over best-fit decreasing over all copies, and how mixed the
 * steps are, compared with random orders of the same rows.
 *
 *   node bench/repeats.mjs [--corpus STORE] [--documents 4000] [--lengths 2048,8192,32768] [--copies 1,4,16,64]
 *
 * Generated corpora have the lengths of test/support/synthetic-corpus.ts. Their documents repeat in three ways. "all":
 * every document has --copies copies; "tenth": one in ten has them, the others have one; "note": only one document of
 * 100 tokens has them. With --corpus the documents are those of a token store (out/NAME/store), and repeat as in "all"
 * and "tenth". Columns, for steps of 16 and of 64 rows, longmix / the mean of random orders:
 *
 *   worst    most rows of one document in a step, in the worst step of the run
 *   spread   standard deviation of a source's share of a step, for the source with the largest
 *   meet     pairs of copies of one piece that share a step, per step, in the worst of epochs 0 to 3
 */
import { parseArgs } from 'node:util';
import { epochOrder } from '../dist/feed/rows/order.js';
import { fitLengths } from '../dist/pack/packers/fit-lengths.js';
import { packRows } from '../dist/pack/rows.js';
import { loadDocuments, openStore } from '../dist/store/reader.js';
import { makeTable, scramble, slimPajama } from './lib/synthetic-table.mjs';

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    documents: { type: 'string', default: '4000' },
    lengths: { type: 'string', default: '2048,8192,32768' },
    copies: { type: 'string', default: '1,4,16,64' },
    ways: { type: 'string', default: 'all,tenth,note' },
  },
});
const numbers = (text) => text.split(',').map(Number);
const seed = 17;
const epochs = 3;
const randomOrders = 5;
const stepSizes = [16, 64];

const sources = slimPajama(35);

const table = values.corpus === undefined ? madeTable(Number(values.documents)) : storeTable(values.corpus);
console.log(
  '| documents that repeat | copies | L | rows | best-fit decreasing | over | fill | worst 16 | 64 | spread 16 | 64 | meet 16 | 64 | stretch | s |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|');
for (const way of values.ways.split(',')) {
  for (const copies of numbers(values.copies)) {
    if (copies === 1 && way !== 'all') continue;
    for (const length of numbers(values.lengths)) row(way, copies, length);
  }
}

function row(way, copies, length) {
  const instances = takeCopies(way, copies);
  const sequences = {
    ...{ length, packing: 'best-fit', overlong: 'fragment', tails: 'carry', bos: false, eos: true },
    ...{ plusOne: false, packLength: null, decompose: null },
  };
  const before = process.cpuUsage();
  const [plan] = packRows(instances, table, sequences, seed);
  const { user, system } = process.cpuUsage(before);
  const { least, tokens } = bound(instances, length);
  const run = readPlan(plan);
  const cells = [];
  const ours = stepSizes.map((size) => measure(run, size, (i) => i));
  const random = stepSizes.map((size) =>
    mean(range(randomOrders).map((n) => measure(run, size, shuffled(run.rows, n)))),
  );
  const inEpochs = stepSizes.map((size) =>
    Math.max(
      ...range(epochs + 1).map(
        (epoch) => measure(run, size, epochOrder(1, epoch, run.rows, plan.repeats)).meet,
      ),
    ),
  );
  for (const what of ['worst', 'spread', 'meet']) {
    for (const [s] of stepSizes.entries()) {
      const mine = what === 'meet' ? inEpochs[s] : ours[s][what];
      cells.push(`${short(mine)} / ${short(random[s][what])}`);
    }
  }
  console.log(
    `| ${way} | ${copies} | ${length} | ${plan.rows} | ${least} | ${plan.rows - least} | ${((100 * tokens) / plan.rows / length).toFixed(3)} % | ${cells.join(' | ')} | ${plan.repeats?.stretch ?? '-'} | ${((user + system) / 1e6).toFixed(2)} |`,
  );
}

/** Best-fit decreasing over all copies, as if they could share rows. */
function bound({ document }, length) {
  const counts = new Uint32Array(length + 1);
  let least = 0;
  let tokens = 0;
  for (const d of document) {
    const sequence = table.lengths[d] + 1;
    const last = ((sequence - 1) % length) + 1;
    counts[last] += 1;
    least += (sequence - last) / length;
    tokens += table.lengths[d];
  }
  return { least: least + fitLengths(counts).rows, tokens };
}

function takeCopies(way, copies) {
  const copiesOf = (d) => {
    if (way === 'all') return copies;
    if (way === 'tenth') return table.keysLow[d] % 10 === 0 ? copies : 1;
    return d === 0 ? copies : 1;
  };
  const document = [];
  for (let d = 0; d < table.count; d += 1) {
    if (table.lengths[d] === 0) continue;
    for (let n = copiesOf(d); n > 0; n -= 1) document.push(d);
  }
  return {
    ...{ count: document.length, document: Uint32Array.from(document), mostCopies: copies, packLength: null },
    parts: { copy: new Uint32Array(0), take: new Uint32Array(0) },
  };
}

/** By piece: its document, a number of the piece, its length; where rows end. */
function readPlan({ rows, rowEnds, document, length, cuts }) {
  const ids = new Map();
  const piece = new Uint32Array(document.length);
  let cut = 0;
  for (let p = 0; p < piece.length; p += 1) {
    let start = 0;
    if (cuts.piece[cut] === p) {
      start = cuts.start[cut];
      cut += 1;
    }
    const key = document[p] * 2 ** 25 + start;
    if (!ids.has(key)) ids.set(key, ids.size);
    piece[p] = ids.get(key);
  }
  return { rows, rowEnds, document, length, piece };
}

function measure({ rows, rowEnds, document, length, piece }, size, order) {
  let worst = 0;
  let pairs = 0;
  let steps = 0;
  const sums = table.sources.map(() => 0);
  const squares = table.sources.map(() => 0);
  for (let first = 0; first + size <= rows; first += size, steps += 1) {
    const rowsOf = new Map();
    const times = new Map();
    const shares = table.sources.map(() => 0);
    let all = 0;
    for (let i = first; i < first + size; i += 1) {
      const row = order(i);
      const inRow = new Set();
      for (let p = row === 0 ? 0 : rowEnds[row - 1]; p < rowEnds[row]; p += 1) {
        inRow.add(document[p]);
        pairs += times.get(piece[p]) ?? 0;
        times.set(piece[p], (times.get(piece[p]) ?? 0) + 1);
        shares[table.source[document[p]]] += length[p];
        all += length[p];
      }
      for (const d of inRow) rowsOf.set(d, (rowsOf.get(d) ?? 0) + 1);
    }
    for (const count of rowsOf.values()) if (count > worst) worst = count;
    for (const [s, tokens] of shares.entries()) {
      sums[s] += tokens / all;
      squares[s] += (tokens / all) ** 2;
    }
  }
  const deviations = sums.map((sum, s) => Math.sqrt(Math.max(0, squares[s] / steps - (sum / steps) ** 2)));
  return { worst, spread: Math.max(...deviations), meet: pairs / Math.max(1, steps) };
}

function mean(measures) {
  const of = (what) => measures.reduce((sum, measured) => sum + measured[what], 0) / measures.length;
  return { worst: of('worst'), spread: of('spread'), meet: of('meet') };
}

function shuffled(rows, n) {
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  for (let i = rows - 1; i > 0; i -= 1) {
    const j = Math.floor((scramble(i * 31 + n * 7919) / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return (i) => order[i];
}

function storeTable(folder) {
  return loadDocuments(folder, openStore(folder));
}

/** The first document is the note. */
function madeTable(documents) {
  const made = makeTable(documents, sources);
  made.lengths[0] = 99;
  return made;
}

function range(count) {
  return Array.from({ length: count }, (_, i) => i);
}

function short(value) {
  return value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(3);
}
