/** A corpus from which a very small model learns something within nine steps, and builds of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { longmixOk } from '../support/command.ts';

/** Documents of very different lengths, and a vocabulary of the 256 bytes and an end of text: a small model is fast. */
export function writeCorpus(folder: string): void {
  const isPrinted = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte < 256 && byte !== 173);
  let next = 256;
  const alphabet = Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrinted(byte) ? byte : next++),
  );
  const end = { id: 256, content: '<|endoftext|>', special: true, normalized: false };
  const tokenizer = {
    added_tokens: [{ ...end, single_word: false, lstrip: false, rstrip: false }],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: Object.fromEntries(alphabet.map((token, id) => [token, id])), merges: [] },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  const documents = Array.from({ length: 120 }, (_, i) => {
    const lines = Array.from({ length: 1 + ((i * i) % 17) }, (_, line) => `${i + line} grey stones `);
    return `${JSON.stringify({ text: lines.join('').slice(i % 11) })}\n`;
  });
  writeFileSync(join(folder, 'docs.jsonl'), documents.join(''));
}

const ofCorpus = ['tokenizer: { file: tokenizer.json }', 'sources: { notes: { path: docs.jsonl } }'];

export async function build(
  folder: string,
  name: string,
  lines: readonly string[],
  head: readonly string[] = ofCorpus,
): Promise<string> {
  const recipe = join(folder, `${name}.yaml`);
  writeFileSync(recipe, [...head, ...lines].join('\n'));
  const out = join(folder, name);
  await longmixOk(['build', recipe, '--out', out, '--quiet']);
  return out;
}
