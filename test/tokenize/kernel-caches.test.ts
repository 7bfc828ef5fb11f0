/**
 * The kernel's caches when they are full: entries evict each other from lines and from the ring, and results come from
 * any of these places. tiktoken is the reference, pass after pass over text that is too much for a cache of this size.
 */
import { expect, test } from 'vitest';
import { createKernel } from '../../src/tokenize/engine/kernel/kernel.ts';
import { planKernel } from '../../src/tokenize/engine/kernel-plan.ts';
import { modelFromEncoding } from '../../src/tokenize/files/from-tiktoken.ts';
import { tiktokenOracle } from './oracles.ts';

const plan = planKernel(modelFromEncoding('r50k_base'));
if ('unsupported' in plan) throw new Error(plan.unsupported);
const { model } = plan;

let seed = 1;
function random(below: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor(((seed >>> 8) / 2 ** 24) * below);
}

/** Words in an order in which some return soon, some late, some never. */
function textOf(words: readonly string[], count: number): string {
  const taken = Array.from(
    { length: count },
    () => words[Math.floor(words.length * (random(1000) / 1000) ** 3)],
  );
  return taken.join(' ');
}

function wordsOf(count: number, length: () => number): string[] {
  const letters = 'etaoinéя中';
  const letter = () => letters[random(letters.length)];
  return Array.from({ length: count }, () => Array.from({ length: length() }, letter).join(''));
}

async function expectSame(text: string, memoryLimitBytes: number): Promise<void> {
  const kernel = await createKernel(model, { memoryLimitBytes });
  const bytes = Buffer.from(text);
  const [wanted] = await tiktokenOracle('r50k_base').tokens([text]);
  for (let pass = 0; pass < 3; pass += 1) {
    const { tokens } = kernel.encode(bytes, [bytes.length]);
    expect(tokens.length).toBe(wanted!.length);
    expect(
      Buffer.compare(Buffer.from(tokens.buffer, tokens.byteOffset, tokens.byteLength), view(wanted!)),
    ).toBe(0);
  }
}

function view(tokens: Uint32Array): Buffer {
  return Buffer.from(tokens.buffer, tokens.byteOffset, tokens.byteLength);
}

test('more short words than the smallest cache has slots', async () => {
  const words = wordsOf(60_000, () => 1 + random(15));
  await expectSame(textOf(words, 200_000), 20_000_000);
});

test('more long words than the ring holds', async () => {
  const words = wordsOf(12_000, () => 12 + random(200));
  await expectSame(textOf(words, 20_000), 20_000_000);
});

test('bytes that keys are made of: no bytes, their number and NUL are told apart', async () => {
  const nuls = Array.from({ length: 300 }, (_, length) => '\0'.repeat(length));
  const mixed = Array.from({ length: 20 }, (_, n) => `a${'\0'.repeat(n)}b${'\0'.repeat(n)}`);
  await expectSame([...nuls, ...mixed, ...nuls.reverse(), ...mixed].join('a'), 2 ** 30);
});
