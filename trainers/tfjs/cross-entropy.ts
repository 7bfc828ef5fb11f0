/**
 * Loss over the whole vocabulary with tied embeddings, a few tokens at a time. The size of all logits is (tokens) x
 * (vocabulary), so each chunk's gradients are computed while its probabilities exist, and the chunk is not kept.
 *
 * Most time goes here: 6 * d * V FLOP per token, for d = 64 and 40,000 ids more than in all layers together.
 */
import type { Tensor, Tf } from './backend.ts';

const chunkTokens = 64;
/** Probabilities below are 0 in single precision. */
const smallest = 1e-38;

export interface Targets {
  /** Per token, the vocabulary number of the next token; negative: there is none to predict. */
  readonly ids: Int32Array;
  /** Weight of each token's loss. */
  readonly weight: number;
}

export interface Embeddings {
  readonly values: Float32Array;
  /** [V, d] and [d, V]. */
  readonly matrix: Tensor;
  readonly transposed: Tensor;
}

/** Returns the loss of each token of h [tokens, d], in nats; 0 where there is none. */
export function tokenLosses(tf: Tf, h: Tensor, embeddings: Embeddings, { ids }: Targets): Float32Array {
  const losses = new Float32Array(ids.length);
  for (let start = 0; start < ids.length; start += chunkTokens) {
    tf.tidy(() => {
      const chunk = ids.subarray(start, start + chunkTokens);
      const p = tf.softmax(tf.matMul(rows(tf, h, start, chunk.length), embeddings.transposed));
      losses.set(chunkLosses(tf, p, chunk), start);
    });
  }
  return losses;
}

/**
 * Returns the weighted sum of losses, as an operation on h. When it runs, it adds the gradient of the embeddings (as
 * the output matrix) to `gradient`, because they are not a tensor on the tape.
 */
export function crossEntropy(
  tf: Tf,
  h: Tensor,
  embeddings: Embeddings,
  { ids, weight }: Targets,
  gradient: Float32Array,
): Tensor {
  const op = tf.customGrad((a, save) => {
    const input = a as Tensor;
    const d = input.shape[1]!;
    let loss = 0;
    let dEmbeddings: Tensor = tf.zerosLike(embeddings.transposed);
    const dh: Tensor[] = [];
    for (let start = 0; start < ids.length; start += chunkTokens) {
      const chunk = ids.subarray(start, start + chunkTokens);
      const [chunkDh, sum] = tf.tidy((): [Tensor, Tensor] => {
        const x = rows(tf, input, start, chunk.length);
        const p = tf.softmax(tf.matMul(x, embeddings.transposed));
        for (const one of chunkLosses(tf, p, chunk)) loss += one * weight;
        const weights = tf.tensor2d(
          chunk.map((id) => (id < 0 ? 0 : 1)),
          [chunk.length, 1],
          'float32',
        );
        const looked = tf.tensor2d(lookUp(embeddings.values, chunk, d), [chunk.length, d]);
        const scaled = tf.mul(weights, weight);
        return [
          tf.mul(tf.sub(tf.matMul(p, embeddings.matrix), looked), scaled),
          tf.add(dEmbeddings, tf.matMul(tf.transpose(tf.mul(x, scaled)), p)),
        ];
      });
      dEmbeddings.dispose();
      dEmbeddings = sum;
      dh.push(chunkDh);
    }
    addTo(gradient, tf.transpose(dEmbeddings).dataSync() as Float32Array);
    scatter(gradient, ids, input.dataSync() as Float32Array, d, -weight);
    (save as (tensors: Tensor[]) => void)([dh.length === 1 ? dh[0]! : tf.concat(dh, 0)]);
    return {
      value: tf.scalar(loss),
      gradFunc: (dy: Tensor, saved: Tensor[]) => [tf.mul(saved[0]!, dy)],
    };
  });
  return op(h);
}

/** Returns rows of an embedding matrix by id; zeros where the id is negative. */
export function lookUp(values: Float32Array, ids: Int32Array, d: number): Float32Array {
  const found = new Float32Array(ids.length * d);
  for (let i = 0; i < ids.length; i += 1) {
    const id = ids[i]!;
    if (id >= 0) found.set(values.subarray(id * d, (id + 1) * d), i * d);
  }
  return found;
}

/** The backward pass of `lookUp`: adds each row to the row of its id. */
export function scatter(
  into: Float32Array,
  ids: Int32Array,
  from: Float32Array,
  d: number,
  scale: number,
): void {
  for (let i = 0; i < ids.length; i += 1) {
    const at = ids[i]! * d;
    if (at >= 0) for (let j = 0; j < d; j += 1) into[at + j]! += scale * from[i * d + j]!;
  }
}

export function addTo(sum: Float32Array, more: Float32Array): void {
  for (let i = 0; i < sum.length; i += 1) sum[i]! += more[i]!;
}

function rows(tf: Tf, x: Tensor, start: number, count: number): Tensor {
  return tf.slice(x, [start, 0], [count, x.shape[1]!]);
}

function chunkLosses(tf: Tf, p: Tensor, ids: Int32Array): Float32Array {
  const places = new Int32Array(ids.length * 2);
  for (let i = 0; i < ids.length; i += 1) places.set([i, Math.max(0, ids[i]!)], i * 2);
  const found = tf.gatherND(p, tf.tensor2d(places, [ids.length, 2], 'int32')).dataSync() as Float32Array;
  return found.map((value, i) => (ids[i]! < 0 ? 0 : -Math.log(Math.max(value, smallest))));
}
