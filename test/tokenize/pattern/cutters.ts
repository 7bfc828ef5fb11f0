/** The two engines that cut a text by split steps, as functions from a text to the lengths of its pretokens in bytes. */
import { createKernel } from '../../../src/tokenize/engine/kernel/kernel.ts';
import type { KernelStep } from '../../../src/tokenize/engine/kernel/model.ts';
import type { SplitStep } from '../../../src/tokenize/model.ts';
import { createPretokenizer } from '../../../src/tokenize/plain/pretokenize.ts';

export type Cutter = (text: string) => number[];

const encoder = new TextEncoder();
const noSteps = {
  added: [],
  normalizers: [],
  addedNormalized: [],
  prefixSpace: false,
  metaspace: null,
} as const;

export function plainCutter(splits: readonly SplitStep[]): Cutter {
  const pretokenize = createPretokenizer({ ...noSteps, splits });
  return (text) =>
    pretokenize(text, false).map((part) =>
      typeof part === 'string' ? encoder.encode(part).length : (part as Uint8Array).length,
    );
}

const pieces = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));

/** @param windowBytes how much of a text the kernel sees at a time */
export async function kernelCutter(steps: readonly KernelStep[], windowBytes?: number): Promise<Cutter> {
  const kernel = await createKernel(
    {
      pieces,
      ids: Uint32Array.from(pieces.keys()),
      merges: 'ranks',
      ignoreMerges: false,
      unknown: null,
      steps,
    },
    {
      pretokens: true,
      // A small cache: it is not used, and making it takes the longest.
      memoryLimitBytes: 2 ** 25,
      ...(windowBytes === undefined ? {} : { windowBytes }),
    },
  );
  return (text) => {
    const bytes = encoder.encode(text);
    return Array.from(kernel.encode(bytes, [bytes.length]).tokens);
  };
}

export function isolated(pattern: string, syntax: SplitStep['syntax'] = 'oniguruma'): SplitStep {
  return { pattern, syntax, behavior: 'isolated', invert: false, over: 'characters' };
}
