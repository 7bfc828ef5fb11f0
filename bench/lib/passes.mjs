/** One pass of a tokenizer over texts: its time, by the clock and by the processor, its tokens, and their sha1. */
import { createHash } from 'node:crypto';

export function best(passes) {
  return passes.reduce((a, b) => (a.processor <= b.processor ? a : b));
}

/** One pass of longmix over the chunks; like the others' hash, that of its tokens is not in the time. */
export function measureChunks(tokenizer, chunks) {
  const sha1 = createHash('sha1');
  const total = { clock: 0, processor: 0, tokens: 0 };
  for (const { text, ends } of chunks) {
    const before = process.cpuUsage();
    const start = performance.now();
    const { tokens } = tokenizer.encode(text, ends);
    total.clock += performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    total.processor += (user + system) / 1e3;
    total.tokens += tokens.length;
    sha1.update(new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength));
  }
  return { ...total, sha1: sha1.digest('hex') };
}

/** @param run one pass; gives all tokens as a Uint32Array */
export async function measure(run) {
  const before = process.cpuUsage();
  const start = performance.now();
  const tokens = await run();
  const clock = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const bytes = new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
  const sha1 = createHash('sha1').update(bytes).digest('hex');
  return { clock, processor: (user + system) / 1e3, tokens: tokens.length, sha1 };
}

export function joined(parts) {
  const tokens = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    tokens.set(part, at);
    at += part.length;
  }
  return tokens;
}

/** @param native a Tokenizer of the npm package `tokenizers` */
export async function nativeTokens(native, texts) {
  const parts = [];
  for (let i = 0; i < texts.length; i += 64) {
    const encodings = await native.encodeBatch(texts.slice(i, i + 64), { addSpecialTokens: false });
    for (const encoding of encodings) parts.push(encoding.getIds());
  }
  return joined(parts);
}

/**
 * A tokenizer.json whose special tokens are text in a text, as longmix has it: nothing is called as they are. One that is in
 * the vocabulary needs no entry, and without its entry its text is text.
 */
export function textOnly(json) {
  const file = JSON.parse(json);
  const { vocab } = file.model;
  const pieces = new Set(Array.isArray(vocab) ? vocab.map(([piece]) => piece) : Object.keys(vocab));
  file.post_processor = null;
  file.added_tokens = (file.added_tokens ?? []).flatMap((token) => {
    if (!token.special) return [token];
    if (pieces.has(token.content)) return [];
    return [{ ...token, content: `\u{10fffd}${token.id}\u{10fffd}` }];
  });
  return JSON.stringify(file);
}
