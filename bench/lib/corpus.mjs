/** The texts that tokenizers are measured on. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Texts of every file, the same share of each; well-formed, as longmix's readers make them. */
export function readTexts(folder, limit) {
  const files = readdirSync(folder)
    .filter((name) => /\.jsonl(\.gz)?$/.test(name))
    .sort();
  const found = files.map((name) => {
    const bytes = readFileSync(join(folder, name));
    const lines = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line).text.toWellFormed());
  });
  const sizes = found.map((list) => list.reduce((sum, text) => sum + Buffer.byteLength(text), 0));
  const share = Math.min(1, limit / sizes.reduce((a, b) => a + b, 0));
  return found.flatMap((list, i) => {
    let left = sizes[i] * share;
    return list.filter((text) => {
      const taken = left > 0;
      left -= Buffer.byteLength(text);
      return taken;
    });
  });
}

/** Documents of some megabytes together, end to end, as the command has them. */
export function chunksOf(documents, bytes) {
  const parts = [];
  let taken = [];
  let size = 0;
  for (const document of documents) {
    taken.push(document);
    size += document.length;
    if (size >= bytes || document === documents.at(-1)) {
      let end = 0;
      parts.push({ text: Buffer.concat(taken), ends: taken.map((one) => (end += one.length)) });
      taken = [];
      size = 0;
    }
  }
  return parts;
}

/** The first end of a character at or after `from`. */
export function characterEnd(text, from) {
  let at = Math.min(from, text.length);
  while (at < text.length && (text[at] & 0xc0) === 0x80) at += 1;
  return at;
}
