/**
 * A small decoder-only transformer: tied embeddings, rotary positions, causal attention within documents, RMSNorm
 * before each half of a layer, squared ReLU. It is small, so that a mix can be tried on a laptop, and plain, so that
 * its curves mean the same as those of large models.
 *
 * Weights live in JavaScript as Float32Arrays (the optimizer and checkpoints need no backend) and are copied to the
 * backend for a step. Each row is a micro-batch whose gradients are accumulated, so memory doesn't grow with rows per
 * step.
 */
import { attention, blockTokens } from './attention.ts';
import type { Tensor, Tf } from './backend.ts';
import type { TfjsConfig } from './config.ts';
import { addTo, crossEntropy, type Embeddings, lookUp, scatter, tokenLosses } from './cross-entropy.ts';
import { linear, type Rotation, rmsNorm, rotate, rotation, squaredRelu } from './ops.ts';
import { type ModelRow, targetsOf } from './rows.ts';
import { scramble } from './scramble.ts';
import { planSpans, positionsOf, type Span } from './spans.ts';

export type ModelShape = Pick<TfjsConfig, 'layers' | 'width' | 'heads' | 'ropeBase'>;

export interface Parameter {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly values: Float32Array;
}

/** Creates the embeddings, then six matrices per layer. Each half of a layer adds 0 at first, for a calm start. */
export function createParameters(
  { layers, width }: ModelShape,
  vocabulary: number,
  seed: number,
): Parameter[] {
  const parameters: Parameter[] = [];
  const add = (name: string, rows: number, columns: number, deviation: number) => {
    const values = new Float32Array(rows * columns);
    // Uniform weights, because only their deviation matters, and they need no transcendental function.
    const start = scramble(seed + scramble(parameters.length + 1));
    const reach = deviation * Math.sqrt(12);
    for (let i = 0; i < values.length; i += 1) values[i] = (scramble(start + i) / 2 ** 32 - 0.5) * reach;
    parameters.push({ name, shape: [rows, columns], values });
  };
  const inner = 4 * width;
  add('embeddings', vocabulary, width, 0.02);
  for (let layer = 0; layer < layers; layer += 1) {
    for (const name of ['query', 'key', 'value']) {
      add(`layers.${layer}.${name}`, width, width, 1 / Math.sqrt(width));
    }
    add(`layers.${layer}.read`, width, width, 0);
    add(`layers.${layer}.up`, width, inner, 1 / Math.sqrt(width));
    add(`layers.${layer}.down`, inner, width, 0);
  }
  return parameters;
}

export interface PlacedModel {
  readonly embeddings: Embeddings;
  readonly layers: readonly Tensor[];
}

export function placeModel(tf: Tf, parameters: readonly Parameter[]): PlacedModel {
  const [matrix, ...layers] = parameters.map(({ values, shape }) => tf.tensor2d(values, [...shape]));
  const transposed = tf.transpose(matrix!);
  return { embeddings: { values: parameters[0]!.values, matrix: matrix!, transposed }, layers };
}

export function disposeModel(tf: Tf, { embeddings, layers }: PlacedModel): void {
  tf.dispose([embeddings.matrix, embeddings.transposed, ...layers]);
}

/** Adds the gradients of `weight` times the sum of a row's losses, and returns that sum. */
export function addRowGradients(
  tf: Tf,
  shape: ModelShape,
  model: PlacedModel,
  { row, weight }: { readonly row: ModelRow; readonly weight: number },
  gradients: readonly Float32Array[],
): number {
  return tf.tidy(() => {
    const targets = { ids: targetsOf(row), weight };
    const { width } = shape;
    const input = tf.tensor2d(lookUp(model.embeddings.values, row.ids, width), [row.ids.length, width]);
    const place = placeRow(tf, shape, row);
    const run = (...tensors: Tensor[]) => {
      const [x, ...layers] = tensors;
      return crossEntropy(
        tf,
        forward(tf, shape, x!, layers, place),
        model.embeddings,
        targets,
        gradients[0]!,
      );
    };
    const { value, grads } = tf.valueAndGrads(run as Parameters<Tf['valueAndGrads']>[0])([
      input,
      ...model.layers,
    ]);
    const [dInput, ...dLayers] = grads.map((gradient) => gradient.dataSync() as Float32Array);
    scatter(gradients[0]!, row.ids, dInput!, width, 1);
    for (const [i, one] of dLayers.entries()) addTo(gradients[i + 1]!, one);
    return (value.dataSync()[0] as number) / weight;
  });
}

/** Returns, per token, the loss of predicting the next one, in nats; 0 where none is predicted. */
export function rowLosses(tf: Tf, shape: ModelShape, model: PlacedModel, row: ModelRow): Float32Array {
  let losses: Float32Array = new Float32Array();
  tf.tidy(() => {
    const input = tf.tensor2d(lookUp(model.embeddings.values, row.ids, shape.width), [
      row.ids.length,
      shape.width,
    ]);
    const h = forward(tf, shape, input, model.layers, placeRow(tf, shape, row));
    losses = tokenLosses(tf, h, model.embeddings, { ids: targetsOf(row), weight: 1 });
  });
  return losses;
}

interface RowPlace {
  readonly spans: readonly Span[];
  readonly turns: Rotation;
}

function placeRow(tf: Tf, { heads, width, ropeBase }: ModelShape, { ids, lengths }: ModelRow): RowPlace {
  return {
    spans: planSpans(lengths, blockTokens),
    turns: rotation(tf, positionsOf(lengths, ids.length), heads, width / heads, ropeBase),
  };
}

function forward(
  tf: Tf,
  { heads }: ModelShape,
  input: Tensor,
  layers: readonly Tensor[],
  { spans, turns }: RowPlace,
): Tensor {
  let x = rmsNorm(tf, input);
  for (let at = 0; at < layers.length; at += 6) {
    const [query, key, value, read, up, down] = layers.slice(at, at + 6) as Six;
    const seen = rmsNorm(tf, x);
    const q = rotate(tf, linear(tf, seen, query), turns);
    const k = rotate(tf, linear(tf, seen, key), turns);
    x = tf.add(x, linear(tf, attention(tf, [q, k, linear(tf, seen, value)], spans, heads), read));
    x = tf.add(x, linear(tf, squaredRelu(tf, linear(tf, rmsNorm(tf, x), up)), down));
  }
  return rmsNorm(tf, x);
}

type Six = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
