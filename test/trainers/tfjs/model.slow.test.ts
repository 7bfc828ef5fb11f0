/**
 * Compares the model with a plain one and its gradients with finite differences, and checks what a token may depend on.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTfjs, type Tf } from '../../../trainers/tfjs/backend.ts';
import {
  addRowGradients,
  createParameters,
  disposeModel,
  type Parameter,
  placeModel,
  rowLosses,
} from '../../../trainers/tfjs/model.ts';
import type { ModelRow } from '../../../trainers/tfjs/rows.ts';
import { scramble } from '../../../trainers/tfjs/scramble.ts';
import { plainLosses } from './plain-model.ts';

const shape = { layers: 2, width: 8, heads: 2, ropeBase: 10_000 };
const vocabulary = 13;

let tf: Tf;
beforeAll(async () => {
  tf = await loadTfjs();
});

/** No matrix of zeros: what stands behind one would have no gradient. */
function parametersOf(): Parameter[] {
  return createParameters(shape, vocabulary, 3).map((parameter, p) => ({
    ...parameter,
    values: parameter.values.map((_, i) => (scramble(scramble(p + 1) + i) / 2 ** 32 - 0.5) * 1.4),
  }));
}

function rowOf(lengths: readonly number[], padding = 0): ModelRow {
  const tokens = lengths.reduce((a, b) => a + b, 0);
  return {
    ids: Int32Array.from({ length: tokens }, (_, i) => scramble(i + 77) % vocabulary),
    lengths,
    padding,
  };
}

/** Short documents that share a block; one of several blocks between short ones; padding. */
const rows: readonly (readonly [name: string, row: ModelRow])[] = [
  ['short documents and padding', rowOf([10, 1, 6, 5, 3], 3)],
  ['a document of three blocks', rowOf([20, 520, 30])],
];

function lossesOf(parameters: readonly Parameter[], row: ModelRow): Float32Array {
  const model = placeModel(tf, parameters);
  const losses = rowLosses(tf, shape, model, row);
  disposeModel(tf, model);
  return losses;
}

function gradientsOf(parameters: readonly Parameter[], row: ModelRow, weight: number) {
  const gradients = parameters.map(({ values }) => new Float32Array(values.length));
  const model = placeModel(tf, parameters);
  const loss = addRowGradients(tf, shape, model, { row, weight }, gradients);
  disposeModel(tf, model);
  return { loss, gradients };
}

describe.each(rows)('%s', (_, row) => {
  it('has the losses of the plain model', () => {
    const parameters = parametersOf();
    const plain = plainLosses(shape, parameters, row);
    const found = lossesOf(parameters, row);
    expect(found.length).toBe(plain.length);
    for (const [i, loss] of plain.entries()) expect(found[i]!).toBeCloseTo(loss, 3);
    expect(Array.from(found, (loss) => loss === 0)).toEqual(plain.map((loss) => loss === 0));
  });

  it('has the gradients of the plain model', () => {
    const parameters = parametersOf();
    const weight = 0.01;
    const { loss, gradients } = gradientsOf(parameters, row, weight);
    const sum = (moved: readonly Parameter[]) => plainLosses(shape, moved, row).reduce((a, b) => a + b, 0);
    expect(loss).toBeCloseTo(sum(parameters), 2);
    // Each parameter along one direction of all its numbers: a wrong one among them shows.
    for (const [p, { name, values }] of parameters.entries()) {
      const direction = values.map((_value, i) => (scramble(i * 31 + p) / 2 ** 32 - 0.5) * 2);
      const at = (step: number) =>
        parameters.map((one, i) => {
          if (i !== p) return one;
          const moved = Array.from(one.values, (value, j) => value + step * direction[j]!);
          // Doubles: a difference this small would drown in single precision.
          return { ...one, values: new Float64Array(moved) as unknown as Float32Array };
        });
      const step = 1e-4;
      const expected = ((sum(at(step)) - sum(at(-step))) / (2 * step)) * weight;
      const found = gradients[p]!.reduce((total, one, i) => total + one * direction[i]!, 0);
      const size = Math.hypot(...gradients[p]!) * Math.hypot(...direction);
      expect(Math.abs(found - expected) / size, name).toBeLessThan(1e-3);
      expect(size, name).toBeGreaterThan(0);
    }
  });
});

describe('what a token depends on', () => {
  const row = rowOf([9, 300, 12], 0);
  const changed = (from: number, to: number): ModelRow => ({
    ...row,
    ids: row.ids.map((id, i) => (i >= from && i < to ? (id + 5) % vocabulary : id)),
  });

  it('not on other documents of the row', () => {
    const before = lossesOf(parametersOf(), row);
    const after = lossesOf(parametersOf(), changed(9, 309));
    expect(after.subarray(0, 9)).toEqual(before.subarray(0, 9));
    expect(after.subarray(309)).toEqual(before.subarray(309));
    expect(after.subarray(9, 309)).not.toEqual(before.subarray(9, 309));
  });

  it('not on what comes after what it foretells', () => {
    const before = lossesOf(parametersOf(), row);
    const after = lossesOf(parametersOf(), changed(280, 309));
    expect(after.subarray(0, 279)).toEqual(before.subarray(0, 279));
    expect(after[279]).not.toBe(before[279]);
  });

  it('on its document alone, wherever that stands in the row', () => {
    const alone: ModelRow = { ids: row.ids.slice(309), lengths: [12], padding: 0 };
    const inRow = lossesOf(parametersOf(), row).subarray(309);
    const byItself = lossesOf(parametersOf(), alone);
    for (const [i, loss] of byItself.entries()) expect(inRow[i]!).toBeCloseTo(loss, 4);
  });

  it('padding has no loss, and moves no weight', () => {
    const padded = rowOf([9, 7], 7);
    const other = { ...padded, ids: padded.ids.map((id, i) => (i < 9 ? id : (id + 3) % vocabulary)) };
    expect(lossesOf(parametersOf(), padded).subarray(8)).toEqual(new Float32Array(8));
    const [a, b] = [padded, other].map((one) => gradientsOf(parametersOf(), one, 1).gradients);
    expect(a!.map((one) => Array.from(one, (value) => Math.round(value * 1e4)))).toEqual(
      b!.map((one) => Array.from(one, (value) => Math.round(value * 1e4))),
    );
  });
});

it('leaves no tensors behind', () => {
  const before = tf.memory().numTensors;
  gradientsOf(parametersOf(), rowOf([300, 20]), 1);
  lossesOf(parametersOf(), rowOf([300, 20]));
  expect(tf.memory().numTensors).toBe(before);
});
