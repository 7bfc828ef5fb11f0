/**
 * Operations with custom gradients. The WASM backend computes a product fast (XNNPACK, 15 to 30 GFLOP/s) only if both
 * sides are plain matrices; a transposed or batched side takes a path that is 20 times slower, and tfjs's own gradient
 * of matMul transposes. So every product here has two plain matrices, which are transposed beforehand if necessary.
 */
import type { Tensor, Tf } from './backend.ts';

/** x w. */
export function linear(tf: Tf, x: Tensor, w: Tensor): Tensor {
  const op = tf.customGrad((a, b, save) => {
    const [left, right] = [a as Tensor, b as Tensor];
    (save as (tensors: Tensor[]) => void)([left, right]);
    return {
      value: tf.matMul(left, right),
      gradFunc: (dy: Tensor, saved: Tensor[]) => [
        tf.matMul(dy, tf.transpose(saved[1]!)),
        tf.matMul(tf.transpose(saved[0]!), dy),
      ],
    };
  });
  return op(x, w);
}

const epsilon = 1e-6;

/** Root mean square normalization (Zhang and Sennrich 2019, arXiv 1910.07467) of each row, without a gain. */
export function rmsNorm(tf: Tf, x: Tensor): Tensor {
  const op = tf.customGrad((a, save) => {
    const input = a as Tensor;
    const scale = tf.rsqrt(tf.add(tf.mean(tf.mul(input, input), -1, true), epsilon));
    const value = tf.mul(input, scale);
    (save as (tensors: Tensor[]) => void)([value, scale]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [y, r] = [saved[0]!, saved[1]!];
        return [tf.mul(r, tf.sub(dy, tf.mul(y, tf.mean(tf.mul(dy, y), -1, true))))];
      },
    };
  });
  return op(x);
}

/** max(x, 0) squared (So et al. 2021, arXiv 2109.08668): an activation that needs no exponential. */
export function squaredRelu(tf: Tf, x: Tensor): Tensor {
  const op = tf.customGrad((a, save) => {
    const positive = tf.relu(a as Tensor);
    (save as (tensors: Tensor[]) => void)([positive]);
    return {
      value: tf.mul(positive, positive),
      gradFunc: (dy: Tensor, saved: Tensor[]) => [tf.mul(dy, tf.mul(saved[0]!, 2))],
    };
  });
  return op(x);
}

/** The tensors for a row's rotary embeddings. They are made once per row and used in every layer. */
export interface Rotation {
  /** [tokens, d] */
  readonly cos: Tensor;
  readonly sin: Tensor;
  /** [d, d]: x `turn` is (-x2, x1) in every head, and `turnBack` its transpose. */
  readonly turn: Tensor;
  readonly turnBack: Tensor;
}

/**
 * Rotary position embeddings (Su et al. 2021, arXiv 2104.09864). The halves of a head are paired; at position p, pair i
 * is rotated by p * base^(-2i/headSize).
 */
export function rotation(
  tf: Tf,
  positions: Int32Array,
  heads: number,
  headSize: number,
  base: number,
): Rotation {
  const d = heads * headSize;
  const half = headSize / 2;
  const cos = new Float32Array(positions.length * d);
  const sin = new Float32Array(positions.length * d);
  const rates = Array.from({ length: half }, (_, i) => base ** (-i / half));
  for (let p = 0; p < positions.length; p += 1) {
    for (let i = 0; i < half; i += 1) {
      const angle = positions[p]! * rates[i]!;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let j = p * d + i; j < (p + 1) * d; j += half) {
        cos[j] = c;
        sin[j] = s;
      }
    }
  }
  const turn = new Float32Array(d * d);
  for (let head = 0; head < d; head += headSize) {
    for (let i = head; i < head + half; i += 1) {
      turn[(i + half) * d + i] = -1;
      turn[i * d + i + half] = 1;
    }
  }
  const matrix = tf.tensor2d(turn, [d, d]);
  return {
    cos: tf.tensor2d(cos, [positions.length, d]),
    sin: tf.tensor2d(sin, [positions.length, d]),
    turn: matrix,
    turnBack: tf.transpose(matrix),
  };
}

/** Returns x with the heads of each token rotated by its position. */
export function rotate(tf: Tf, x: Tensor, { cos, sin, turn, turnBack }: Rotation): Tensor {
  const op = tf.customGrad((a) => {
    const input = a as Tensor;
    return {
      value: tf.add(tf.mul(input, cos), tf.mul(tf.matMul(input, turn), sin)),
      gradFunc: (dy: Tensor) => [tf.add(tf.mul(dy, cos), tf.matMul(tf.mul(dy, sin), turnBack))],
    };
  });
  return op(x);
}
