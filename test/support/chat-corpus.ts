/** A small tokenizer with ChatML's tokens, and conversations and texts in files. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeFile } from '../tokenize/made-file.ts';

/** Letters of prompts, of answers and of texts are apart, so that a text shows what it is of. */
export const prompts = 'abcdefgh';
export const answers = 'ABCDEFGH';

export function word(letters: string, number: number, length: number): string {
  return Array.from({ length }, (_, i) => letters[(number * 7 + i * 3) % letters.length]).join('');
}

export function chatMessages(number: number): { role: string; content: string }[] {
  const turns = 1 + (number % 3);
  return Array.from({ length: turns }, (_, turn) => [
    // Some quote a special token, and some are long.
    {
      role: 'user',
      content: `${number}.${turn} ${word(prompts, number + turn, number % 9 === 0 ? 200 : 5 + turn)} <|im_end|>`,
    },
    { role: 'assistant', content: turn === 1 ? '' : word(answers, number, 4 + (number % 12)) },
  ]).flat();
}

export function writeChatTokenizer(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'tokenizer.json');
  const special = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'].map((content) => ({
    content,
    special: true,
  }));
  writeFileSync(file, madeFile({ added_tokens: special }));
  return file;
}

export function specialId(file: string, text: string): number {
  const { added_tokens: added } = JSON.parse(readFileSync(file, 'utf8')) as {
    added_tokens: { content: string; id: number }[];
  };
  return added.find(({ content }) => content === text)!.id;
}

export function jsonLines(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
