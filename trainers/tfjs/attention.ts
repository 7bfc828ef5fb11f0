/**
 * Causal attention within documents, block by block, with a hand-written gradient. The backward pass recomputes the
 * probabilities instead of keeping them, so that memory grows linearly with the row, not with its square (Dao et al.
 * 2022, arXiv 2205.14135). The cost is one more product and softmax per block.
 */
import type { Tensor, Tf } from './backend.ts';
import { type Block, blockMask, type Span } from './spans.ts';

/** Queries per block. */
export const blockTokens = 256;

/** q, k and v are [tokens, heads * headSize]; returns the attention output of each token, in the same shape. */
export function attention(
  tf: Tf,
  [q, k, v]: readonly [Tensor, Tensor, Tensor],
  spans: readonly Span[],
  heads: number,
): Tensor {
  const op = tf.customGrad((a, b, c, save) => {
    const inputs = [a, b, c] as Tensor[];
    const value = forward(tf, inputs, spans, heads);
    (save as (tensors: Tensor[]) => void)([...inputs, value]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        backward(tf, { inputs: saved.slice(0, 3), output: saved[3]!, dy }, spans, heads),
    };
  });
  return op(q, k, v);
}

function forward(tf: Tf, inputs: readonly Tensor[], spans: readonly Span[], heads: number): Tensor {
  const outputs = spans.map((span) =>
    tf.tidy(() => {
      const [q, k, v] = inputs.map((x) => headsOf(tf, x, span, heads)) as [Tensor[], Tensor[], Tensor[]];
      const keys = k.map((x) => tf.transpose(x));
      const blocks = span.blocks.map((block) =>
        tf.tidy(() => {
          const mask = maskOf(tf, block);
          const read = q.map((x, h) => {
            const p = probabilities(tf, rowsOf(tf, x, block), columnsTo(tf, keys[h]!, block), mask);
            return tf.matMul(p, rowsTo(tf, v[h]!, block));
          });
          return joined(tf, read, 1);
        }),
      );
      return joined(tf, blocks, 0);
    }),
  );
  return joined(tf, outputs, 0);
}

/** Gradients of q, k and v. With P the probabilities: dV = P'dO, dS = P (dO V' - sum(dO O)), dQ = dS K, dK = dS'Q. */
function backward(
  tf: Tf,
  {
    inputs,
    output,
    dy,
  }: { readonly inputs: readonly Tensor[]; readonly output: Tensor; readonly dy: Tensor },
  spans: readonly Span[],
  heads: number,
): Tensor[] {
  const parts = spans.map((span) =>
    tf.tidy(() => {
      const sliced = [...inputs, output, dy].map((x) => headsOf(tf, x, span, heads));
      const perHead = Array.from({ length: heads }, (_, h) =>
        tf.tidy(() => {
          const [q, k, v, o, d] = sliced.map((x) => x[h]!) as [Tensor, Tensor, Tensor, Tensor, Tensor];
          return headBackward(tf, { q, k, v, o, d }, span);
        }),
      );
      return [0, 1, 2].map((i) =>
        joined(
          tf,
          perHead.map((gradients) => gradients[i]!),
          1,
        ),
      );
    }),
  );
  return [0, 1, 2].map((i) =>
    joined(
      tf,
      parts.map((part) => part[i]!),
      0,
    ),
  );
}

interface HeadTensors {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly o: Tensor;
  /** The gradient of the output. */
  readonly d: Tensor;
}

function headBackward(tf: Tf, { q, k, v, o, d }: HeadTensors, span: Span): Tensor[] {
  const [keys, values] = [tf.transpose(k), tf.transpose(v)];
  const through = tf.sum(tf.mul(d, o), -1, true);
  const dq: Tensor[] = [];
  // dK and dV are transposed: P' dO would need the transpose of P, which is large; dO' P only needs that of dO.
  let dk: Tensor = tf.zerosLike(keys);
  let dv: Tensor = tf.zerosLike(values);
  for (const block of span.blocks) {
    const [blockDq, nextDk, nextDv] = tf.tidy((): [Tensor, Tensor, Tensor] => {
      const query = rowsOf(tf, q, block);
      const dOut = rowsOf(tf, d, block);
      const p = probabilities(tf, query, columnsTo(tf, keys, block), maskOf(tf, block));
      const dp = tf.matMul(dOut, columnsTo(tf, values, block));
      const ds = tf.mul(p, tf.sub(dp, rowsOf(tf, through, block)));
      const rest = span.length - block.start - block.length;
      const wide = (x: Tensor): Tensor =>
        rest === 0
          ? x
          : tf.pad(x, [
              [0, 0],
              [0, rest],
            ]);
      const scale = 1 / Math.sqrt(q.shape[1]!);
      return [
        tf.mul(tf.matMul(ds, rowsTo(tf, k, block)), scale),
        tf.add(dk, wide(tf.mul(tf.matMul(tf.transpose(query), ds), scale))),
        tf.add(dv, wide(tf.matMul(tf.transpose(dOut), p))),
      ];
    });
    tf.dispose([dk, dv]);
    dq.push(blockDq);
    [dk, dv] = [nextDk, nextDv];
  }
  return [joined(tf, dq, 0), tf.transpose(dk), tf.transpose(dv)];
}

function probabilities(tf: Tf, query: Tensor, keys: Tensor, mask: Tensor): Tensor {
  const scores = tf.matMul(tf.mul(query, 1 / Math.sqrt(query.shape[1]!)), keys);
  return tf.softmax(tf.add(scores, mask));
}

/** Returns the mask [queries, keys]. Only the block's own square hides anything; all queries see the keys before it. */
function maskOf(tf: Tf, block: Block): Tensor {
  const square = tf.tensor2d(blockMask(block), [block.length, block.length]);
  return block.start === 0 ? square : tf.concat([tf.zeros([block.length, block.start]), square], 1);
}

/** Returns the rows of a span as one matrix per head. */
function headsOf(tf: Tf, x: Tensor, { start, length }: Span, heads: number): Tensor[] {
  const size = x.shape[1]! / heads;
  return Array.from({ length: heads }, (_, h) => tf.slice(x, [start, h * size], [length, size]));
}

function rowsOf(tf: Tf, x: Tensor, { start, length }: Block): Tensor {
  return tf.slice(x, [start, 0], [length, x.shape[1]!]);
}

function rowsTo(tf: Tf, x: Tensor, { start, length }: Block): Tensor {
  return tf.slice(x, [0, 0], [start + length, x.shape[1]!]);
}

function columnsTo(tf: Tf, x: Tensor, { start, length }: Block): Tensor {
  return tf.slice(x, [0, 0], [x.shape[0]!, start + length]);
}

function joined(tf: Tf, parts: Tensor[], axis: number): Tensor {
  return parts.length === 1 ? parts[0]! : tf.concat(parts, axis);
}
