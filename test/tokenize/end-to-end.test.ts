/**
 * `longmix build` of a small mixed corpus, with a tokenizer in each file format: the rows of the shards hold every
 * document as the tokens that the family's native library gives, and these decode to the original text.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { longmixOk } from '../support/in-process.ts';
import { readSplit } from '../support/reconstruct.ts';
import { type Family, familyNamed } from './families.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-end-to-end-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Recipe keys beside the file: what the file itself does not name. */
const keys: Readonly<Record<string, string>> = {
  'gemma-2': '',
  'olmo-1': '',
  'deepseek-v3': '',
  tekken: '',
  kimi: ', pattern: kimi, eos: 32000',
  'mistral-v3': '',
};

const lines = [
  'The quick brown fox jumps over the lazy dog.\n',
  "Zeile mit Umlauten: ä ö ü ß — «Zitat», don't WE'LL\r\n",
  '速い茶色の狐が、怠け者の犬を飛び越える。漢字かな交じり文 12345 678\n',
  '\tconst f = (x) => x ** 2; // <|endoftext|> and </s> are text here\n',
  '🦊👩‍👩‍👧 e\u0301\u00a0\u200b\t\t  trailing   \n',
  'नमस्ते दुनिया, ٣٤٥ 안녕하세요\n\n\n',
];
/** Short ones, and some that fill several rows. */
const documents: readonly string[] = Array.from({ length: 60 }, (_, i) => {
  const count = i % 15 === 14 ? 120 : 1 + (i % 7);
  return Array.from({ length: count }, (_, line) => `${i}.${line} ${lines[(i + line) % lines.length]}`).join(
    '',
  );
});
const width = 512;

/** Half of the documents in a JSON Lines file, half as files; the store numbers them in this order. */
function writeCorpus(home: string): void {
  mkdirSync(join(home, 'files'), { recursive: true });
  const half = documents.length / 2;
  const records = documents.slice(0, half).map((text, i) => `${JSON.stringify({ id: `n${i}`, text })}\n`);
  writeFileSync(join(home, 'notes.jsonl'), records.join(''));
  for (const [i, text] of documents.slice(half).entries())
    writeFileSync(join(home, 'files', `${String(i).padStart(3, '0')}.txt`), text);
}

async function build(name: string, file: string): Promise<string> {
  const home = join(folder, name);
  writeCorpus(home);
  const recipe = join(home, 'recipe.yaml');
  writeFileSync(
    recipe,
    [
      `tokenizer: { file: ${JSON.stringify(file)}${keys[name]} }`,
      'sources:',
      '  notes: { path: notes.jsonl }',
      '  files: { path: files }',
      `sequences: { length: ${width}, packing: best-fit }`,
    ].join('\n'),
  );
  const out = join(home, 'out');
  await longmixOk(['build', recipe, '--out', out, '--quiet']);
  return out;
}

/** The tokens of each document from the rows' pieces, EOS apart. */
function documentsOf(out: string): number[][] {
  const { rows, manifest } = readSplit(out, 'train');
  const { eosId } = manifest;
  const pieces = documents.map((): { start: number; tokens: number[] }[] => []);
  for (const { ids, lengths, docIds, docStarts } of rows) {
    let at = 0;
    for (const [p, length] of lengths.entries()) {
      const tokens = Array.from({ length }, (_, i) => ids[at + i]!);
      at += length;
      if (tokens.at(-1) === eosId) tokens.pop();
      pieces[docIds[p]!]!.push({ start: docStarts[p]!, tokens });
    }
  }
  return pieces.map((some) => some.sort((a, b) => a.start - b.start).flatMap(({ tokens }) => tokens));
}

/** What a document's tokens decode to; of `spaces` a prefix may come back, too. */
const decodedText: Readonly<Partial<Record<Family['decodes'], (text: string) => string>>> = {
  text: (text) => text,
  NFC: (text) => text.normalize('NFC'),
  spaces: (text) => text,
};

describe.each(Object.keys(keys))('%s', (name) => {
  const family = familyNamed(name);
  const missing = family.missing();

  test.skipIf(missing !== null)(
    'a build holds every document, and decodes to it',
    async () => {
      const { spec, oracle } = await family.open();
      if (!('file' in spec)) throw new Error(`${name} is not a file`);
      const out = await build(name, spec.file);
      const tokenizer = await loadTokenizer(spec);
      const found = documentsOf(out);
      const wanted = await oracle.tokens(documents);
      expect(found).toEqual(wanted.map((tokens) => Array.from(tokens)));
      for (const [i, tokens] of found.entries()) {
        const decoded = Buffer.from(tokenizer.decode(Uint32Array.from(tokens))).toString();
        expect(family.decodes === 'spaces' ? decoded.replace(/^ /, '') : decoded).toBe(
          decodedText[family.decodes]!(documents[i]!),
        );
      }
    },
    300_000,
  );
});
