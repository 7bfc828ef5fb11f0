/**
 * For each set of options, a shard has the same bytes as in every release so far, so that existing builds stay valid.
 */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { datasetInfo } from '../../src/shard/schema.ts';
import { writeShard } from '../../src/shard/writer.ts';
import { type Piece, planOf } from '../support/rows.ts';
import { tableOf } from '../support/table.ts';

const special = { bosId: 50_001, eosId: 50_002, padId: 50_003 };
const documentTokens = 20;
const table = tableOf(
  Array.from({ length: 9 }, (_, d) => ({ source: d % 3, text: d, length: documentTokens })),
  ['a', 'b', 'c'],
);
const tokens = {
  copy(document: number, start: number, length: number, out: Uint16Array | Int32Array, at: number) {
    for (let i = 0; i < length; i += 1) out[at + i] = (document * 31 + (start + i) * 7) % 50_000;
  },
};

/** Rows of whole documents, of beginnings, middles and ends, full and padded. */
function plan(width: number, bos: boolean, eos: boolean) {
  const sequence = documentTokens + Number(bos) + Number(eos);
  const rows = Array.from({ length: 40 }, (_, r) => {
    const row: Piece[] = [];
    let room = width - (r % 4);
    for (let k = 0; room > 0 && k < 4; k += 1) {
      const start = k === 0 ? (r * 5) % sequence : 0;
      const length = Math.min(room, sequence - start);
      row.push({ document: (r + k) % 9, take: documentTokens, start, length });
      room -= length;
    }
    return row;
  });
  return planOf(rows, table, { width, bos, eos });
}

const cases = [
  ['uint16', true, true, true, '97f744302cb9c3b7'],
  ['uint16', false, false, true, '9d07f0ae40084cc6'],
  ['int32', true, false, false, 'e518c38182511077'],
  ['int32', false, true, true, 'a1476241be359ab8'],
] as const;

it.each(cases)('%s, provenance %s, BOS %s, EOS %s', (dtype, provenance, bos, eos, golden) => {
  const rows = plan(64, bos, eos);
  const hash = createHash('sha256');
  const sink = { write: (bytes: Uint8Array) => void hash.update(bytes) };
  const options = { dtype, provenance, ...special };
  const written = writeShard({ plan: rows, table, firstRow: 3, endRow: rows.rows }, tokens, options, sink);
  hash.update(JSON.stringify([written, datasetInfo(64, dtype, { provenance })]));
  expect(hash.digest('hex').slice(0, 16)).toBe(golden);
});
