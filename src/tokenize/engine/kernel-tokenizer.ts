/**
 * Runs a TokenizerModel on the kernel. The vocabulary's tables, which take some 0.2 to 2 s per file, are made once.
 * They are plain data over shared memory, so that other threads open them (`openShared`) in a few ms.
 */
import { LongmixError } from '../../errors.ts';
import type { EncodedChunk, Tokenizer } from '../../nouns/tokens.ts';
import type { TokenizerModel } from '../model.ts';
import { buildImage, createKernelFromImage, type Kernel, type KernelImage } from './kernel/kernel.ts';
import type { Preparation } from './preparation.ts';
import { createPreparation, type PreparedText } from './prepare-text.ts';
import { createSafeCut, findSafeCut, type SafeCut } from './safe-cut.ts';

/** A tokenizer without `decode`, which is enough to fill a token store. */
export type Encoder = Omit<Tokenizer, 'decode'>;

/** A tokenizer as plain data, to send to other threads. */
export interface SharedTokenizer {
  readonly facts: Omit<Encoder, 'encode' | 'safeCut'>;
  readonly image: KernelImage;
  readonly preparation: Preparation;
  readonly safeCut: SafeCut | null;
}

/** @returns the tokenizer for `openShared`, or why the kernel cannot run it */
export async function shareTokenizer(
  tokenizer: TokenizerModel,
): Promise<SharedTokenizer | { readonly unsupported: string }> {
  const { name, vocabularySize, bosId, eosId, padId = null, fingerprint } = tokenizer;
  const { planKernel } = await import('./kernel-plan.ts');
  const plan = planKernel(tokenizer);
  if ('unsupported' in plan) return plan;
  return {
    facts: { name, vocabularySize, bosId, eosId, padId, fingerprint },
    image: await buildImage(plan.model),
    preparation: plan.preparation,
    safeCut: findSafeCut(tokenizer),
  };
}

/** @param memoryBytes upper bound of the kernel's memory; default: none */
export async function openShared(shared: SharedTokenizer, memoryBytes?: number): Promise<Encoder> {
  const kernel = await boundedKernel(shared, memoryBytes);
  const prepare = createPreparation(shared.preparation);
  return {
    ...shared.facts,
    safeCut: createSafeCut(shared.safeCut),
    encode(text, ends, continued = false) {
      const prepared = prepare(text, ends, continued);
      if (prepared === null) return kernel.encode(text, ends, continued);
      const segments = kernel.encode(prepared.text, prepared.ends, continued);
      if (prepared.addedIds.length > 0) return join(prepared, segments);
      return { tokens: segments.tokens, lengths: sumLengths(prepared, segments.lengths) };
    },
  };
}

/**
 * Creates the kernel. If memory runs out, the user gets an error, because the bound was set by the user.
 * @throws LongmixError `memory-exceeded`, as does `encode`
 */
async function boundedKernel({ image, facts }: SharedTokenizer, memoryBytes?: number): Promise<Kernel> {
  const tooMuch = (cause: unknown): never => {
    if (!(cause instanceof RangeError)) throw cause;
    throw new LongmixError('memory-exceeded', `${facts.name}: ${cause.message}`, {
      cure: 'give more with --memory, or use fewer --workers; a text without spaces needs ten times its size',
      exitCode: 1,
      cause,
    });
  };
  const limits = memoryBytes === undefined ? {} : { memoryLimitBytes: memoryBytes };
  const kernel = await createKernelFromImage(image, limits).catch(tooMuch);
  return {
    ...kernel,
    encode(text, ends, continued) {
      try {
        return kernel.encode(text, ends, continued);
      } catch (cause) {
        return tooMuch(cause);
      }
    },
  };
}

function sumLengths({ documentEnds }: PreparedText, segments: Uint32Array): Uint32Array {
  const lengths = new Uint32Array(documentEnds.length);
  for (let i = 0, at = 0; i < lengths.length; i += 1) {
    let sum = 0;
    for (; at < documentEnds[i]!; at += 1) sum += segments[at]!;
    lengths[i] = sum;
  }
  return lengths;
}

/** A loop is faster than a call of `set` for copies of fewer tokens than this. */
const longestLoop = 64;

function copyTokens(from: Uint32Array, start: number, end: number, to: Uint32Array, at: number): void {
  if (end - start > longestLoop) to.set(from.subarray(start, end), at);
  else for (let i = start, next = at; i < end; i += 1, next += 1) to[next] = from[i]!;
}

/** Puts the added tokens among the tokens of the segments. */
function join(prepared: PreparedText, segments: EncodedChunk): EncodedChunk {
  return prepared.isInPlace && haveTokens(prepared.addedPlaces, segments.lengths)
    ? replaceSegments(prepared, segments)
    : insertTokens(prepared, segments);
}

function haveTokens(places: Uint32Array, lengths: Uint32Array): boolean {
  for (let i = 0; i < places.length; i += 1) if (lengths[places[i]!] === 0) return false;
  return true;
}

/**
 * For added tokens whose segments have at least one token each: the added token replaces these tokens in the same
 * array. Most such segments have one token, so the other tokens need not move.
 */
function replaceSegments(prepared: PreparedText, { tokens, lengths: parts }: EncodedChunk): EncodedChunk {
  const { documentEnds, documentAdded, addedIds, addedPlaces } = prepared;
  const lengths = new Uint32Array(documentEnds.length);
  let length = 0;
  let from = 0;
  let segment = 0;
  let nextAdded = 0;
  const move = (until: number) => {
    const start = from;
    for (; segment < until; segment += 1) from += parts[segment]!;
    if (start !== length) copyTokens(tokens, start, from, tokens, length);
    length += from - start;
  };
  for (let i = 0; i < lengths.length; i += 1) {
    const before = length;
    for (; nextAdded < documentAdded[i]!; nextAdded += 1) {
      move(addedPlaces[nextAdded]!);
      tokens[length++] = addedIds[nextAdded]!;
      from += parts[segment++]!;
    }
    move(documentEnds[i]!);
    lengths[i] = length - before;
  }
  return { tokens: tokens.subarray(0, length), lengths };
}

function insertTokens(prepared: PreparedText, segments: EncodedChunk): EncodedChunk {
  const { documentEnds, documentAdded, addedIds, addedPlaces, isInPlace } = prepared;
  const tokens = new Uint32Array(segments.tokens.length + addedIds.length);
  const lengths = new Uint32Array(documentEnds.length);
  let length = 0;
  let from = 0;
  let segment = 0;
  let nextAdded = 0;
  const copySegments = (until: number) => {
    const start = from;
    for (; segment < until; segment += 1) from += segments.lengths[segment]!;
    copyTokens(segments.tokens, start, from, tokens, length);
    length += from - start;
  };
  for (let i = 0; i < lengths.length; i += 1) {
    const before = length;
    for (; nextAdded < documentAdded[i]!; nextAdded += 1) {
      copySegments(addedPlaces[nextAdded]!);
      tokens[length++] = addedIds[nextAdded]!;
      if (isInPlace) from += segments.lengths[segment++]!;
    }
    copySegments(documentEnds[i]!);
    lengths[i] = length - before;
  }
  return { tokens: tokens.subarray(0, length), lengths };
}
