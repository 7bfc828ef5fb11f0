/** The kernel by itself: tables built here or taken from an image, windows, and the bound of its memory. */
import { expect, test } from 'vitest';
import { buildImage, createKernel, createKernelFromImage } from '../../src/tokenize/engine/kernel/kernel.ts';
import { planKernel } from '../../src/tokenize/engine/kernel-plan.ts';
import { modelFromEncoding } from '../../src/tokenize/files/from-tiktoken.ts';
import { sampleTexts } from './texts.ts';

const plan = planKernel(modelFromEncoding('r50k_base'));
if ('unsupported' in plan) throw new Error(plan.unsupported);
const { model } = plan;
const documents = sampleTexts().map((text) => Buffer.from(text));
let end = 0;
const ends = documents.map((bytes) => (end += bytes.length));
const text = Buffer.concat(documents);

test('an image gives the tokens of the tables that it was made of', async () => {
  const built = await createKernel(model);
  const opened = await createKernelFromImage(await buildImage(model));
  const wanted = built.encode(text, ends);
  const { tokens, lengths } = opened.encode(text, ends);
  expect(Buffer.compare(Buffer.from(tokens), Buffer.from(wanted.tokens))).toBe(0);
  expect([...lengths]).toEqual([...wanted.lengths]);
  expect(lengths.reduce((a, b) => a + b)).toBe(tokens.length);
});

test('each document alone has the tokens that it has among others', async () => {
  const kernel = await createKernelFromImage(await buildImage(model));
  const together = Array.from(kernel.encode(text, ends).tokens);
  const alone = documents.flatMap((bytes) => Array.from(kernel.encode(bytes, [bytes.length]).tokens));
  expect(alone).toEqual(together);
});

test('more documents than a window holds, many of them empty', async () => {
  const kernel = await createKernel(model);
  const many = Array.from({ length: 50_000 }, (_, i) => Math.floor(i / 3));
  const bytes = Buffer.from('ab '.repeat(6_000)).subarray(0, many.at(-1));
  const { lengths, tokens } = kernel.encode(bytes, many);
  expect(lengths.filter((length) => length === 0).length).toBe(50_000 - bytes.length);
  expect(tokens.length).toBe(bytes.length);
});

test('its memory stays in the bound that it is given, with a smaller cache', async () => {
  const memoryLimitBytes = 20_000_000;
  const small = await createKernel(model, { memoryLimitBytes });
  const { tokens } = small.encode(text, ends);
  expect(
    Buffer.compare(Buffer.from(tokens), Buffer.from((await createKernel(model)).encode(text, ends).tokens)),
  ).toBe(0);
  expect(small.memoryBytes()).toBeLessThanOrEqual(memoryLimitBytes + 65_536);
});
