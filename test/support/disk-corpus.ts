/**
 * A corpus on disk that gives many tasks with little work: five sources, and a JSON Lines file that is split
 * into ranges because most of each line is not text.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const vocabulary =
  'call me ishmael some years ago never mind how long precisely having little or no money in my purse'.split(
    ' ',
  );

/** Another text for every number; `words` of them. */
function textOf(number: number, words: number): string {
  let state = (number + 1) * 2_654_435_761;
  const chosen = Array.from({ length: words }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return vocabulary[(state >>> 8) % vocabulary.length]!;
  });
  return `${number}: ${chosen.join(' ')}`;
}

export interface DiskCorpus {
  /** JSON Lines file of that many bytes, in ranges of 4 MiB; 0: none. */
  readonly bigBytes?: number;
  /** Times as many documents. */
  readonly scale?: number;
  /** Writes the files in the opposite order: a directory then lists them in another. */
  readonly reversed?: boolean;
}

/** The sources of a recipe that stands in `folder`. */
export const diskSources = {
  stories: 'stories',
  notes: 'notes/*.jsonl',
  pages: { path: 'pages.jsonl.gz.d', format: 'jsonl' },
  joined: { path: 'joined', join: 'directory' },
  mixed: { path: 'mixed.jsonl', source: 'from' },
} as const;

export function writeDiskCorpus(
  folder: string,
  { bigBytes = 0, scale = 1, reversed = false }: DiskCorpus = {},
): void {
  const files: [path: string, content: string][] = [];
  for (let i = 0; i < 40 * scale; i += 1)
    files.push([`stories/${i % 4}/${i}.txt`, textOf(i, 20 + ((i * i) % 900))]);
  for (let f = 0; f < 3; f += 1) {
    const lines = Array.from({ length: 100 * scale }, (_, i) => {
      // Every tenth is a copy of a story.
      const number = i % 10 === 0 ? i % 40 : 1000 * (f + 1) + i;
      const text =
        i % 10 === 0 ? textOf(number, 20 + ((number * number) % 900)) : textOf(number, 5 + (i % 60));
      return JSON.stringify({ id: `${f}/${i}`, text });
    });
    files.push([`notes/${f}.jsonl`, `${lines.join('\n')}\n`]);
  }
  files.push([
    'pages.jsonl.gz.d/only.jsonl',
    Array.from({ length: 50 }, (_, i) => JSON.stringify({ text: textOf(9000 + i, 80) })).join('\n'),
  ]);
  for (let i = 0; i < 30; i += 1) files.push([`joined/${i % 3}/part-${i}.md`, textOf(20_000 + i, 120)]);
  const mixed = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({ text: textOf(30_000 + i, 40), from: `m${i % 3}` }),
  );
  files.push(['mixed.jsonl', mixed.join('\n')]);
  if (bigBytes > 0) files.push(['big.jsonl', bigLines(bigBytes)]);
  for (const [path, content] of reversed ? files.reverse() : files) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function bigLines(bytes: number): string {
  const ballast = 'x'.repeat(40_000);
  const lines = Math.ceil(bytes / 40_400);
  return Array.from({ length: lines }, (_, i) =>
    JSON.stringify({ ballast, id: i, text: textOf(50_000 + i, 10 + (i % 90)) }),
  ).join('\n');
}

/** JSON is YAML. */
export function writeDiskRecipe(folder: string, name: string, recipe: object): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, JSON.stringify({ tokenizer: 'gpt2', sources: diskSources, ...recipe }));
  return path;
}
