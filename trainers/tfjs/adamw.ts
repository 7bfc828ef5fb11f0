/** AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) on plain arrays, with warmup, cosine decay, and clipping. */
import type { TfjsConfig } from './config.ts';

export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

const beta1 = 0.9;
const beta2 = 0.95;
const epsilon = 1e-8;

/** @param step from 0 */
export function learningRate(
  { lr, warmup }: Pick<TfjsConfig, 'lr' | 'warmup'>,
  step: number,
  steps: number,
): number {
  if (step < warmup) return (lr * (step + 1)) / warmup;
  const done = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return lr * (0.1 + 0.45 * (1 + Math.cos(Math.PI * done)));
}

/** Scales all gradients together to at most this norm; returns their norm before scaling. */
export function clipGradients(gradients: readonly Float32Array[], longest: number): number {
  let sum = 0;
  for (const one of gradients) for (let i = 0; i < one.length; i += 1) sum += one[i]! * one[i]!;
  const norm = Math.sqrt(sum);
  if (norm > longest) {
    const scale = longest / norm;
    for (const one of gradients) for (let i = 0; i < one.length; i += 1) one[i]! *= scale;
  }
  return norm;
}

/** Does one step for one parameter. @param step from 0 */
export function adamW(
  values: Float32Array,
  gradient: Float32Array,
  { first, second }: Moments,
  { lr, decay, step }: { readonly lr: number; readonly decay: number; readonly step: number },
): void {
  const rate = lr / (1 - beta1 ** (step + 1));
  const correction = 1 / Math.sqrt(1 - beta2 ** (step + 1));
  for (let i = 0; i < values.length; i += 1) {
    const g = gradient[i]!;
    const m = beta1 * first[i]! + (1 - beta1) * g;
    const v = beta2 * second[i]! + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    values[i] = values[i]! * (1 - lr * decay) - (rate * m) / (Math.sqrt(v) * correction + epsilon);
  }
}
