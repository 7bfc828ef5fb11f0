/**
 * `longmix assemble`: joins the answers that the user's model wrote about chunks with the whole documents, as lines of
 * {"context", "question", "answer"} that a source with these columns reads. A document that is longer than a conversation
 * may be is cut to a stretch that has the chunk in it: what was asked about is always there.
 */

import { didYouMean, nearest } from '../../base/nearest.ts';
import { LongmixError } from '../../errors.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { type Chunk, wholeCharacter } from './chunks.ts';
import { documentsOf, type Origin, originKey } from './long-documents.ts';

/** A line of the answers: a chunk, as `longmix chunks` wrote it, with what the model made of it. */
export type Answered = Omit<Chunk, 'id'> & Readonly<Record<string, unknown>>;

export interface AssembleOptions {
  /** Characters of a document that go into a conversation, at most. */
  readonly characters: number;
  /** Names of the fields of the answers. */
  readonly question: string;
  readonly answer: string;
  /** Field of the judge: answers whose value is false, 0, "no" or missing are left out; null: all are taken. */
  readonly keep: string | null;
}

export interface LongConversation extends Origin {
  readonly id: unknown;
  readonly context: string;
  readonly question: string;
  readonly answer: string;
}

export interface Assembled {
  readonly conversations: number;
  /** Answers that the judge's field leaves out, those without that field, and those without a question or an answer. */
  readonly judged: number;
  readonly without: number;
  readonly empty: number;
}

/**
 * @param write takes each conversation, in the order of the documents
 * @throws LongmixError `answers-unknown` if the corpus lacks a document, or has another text where the chunk was;
 * `answers-bad` if no answer has a field that is asked for
 */
export async function assemble(
  recipe: Recipe,
  answers: readonly Answered[],
  { characters, question, answer, keep }: AssembleOptions,
  write: (conversation: LongConversation) => void,
): Promise<Assembled> {
  const counts = { conversations: 0, judged: 0, without: 0, empty: 0 };
  for (const field of [question, answer, ...(keep === null ? [] : [keep])])
    refuseUnknownField(field, answers);
  const wanted = new Map<string, Answered[]>();
  for (const one of answers) {
    if (keep !== null && one[keep] === undefined) counts.without += 1;
    else if (keep !== null && !isKept(one[keep])) counts.judged += 1;
    else if (!isText(one[question]) || !isText(one[answer])) counts.empty += 1;
    else {
      const key = originKey(one);
      wanted.set(key, [...(wanted.get(key) ?? []), one]);
    }
  }
  for await (const { text, ...origin } of documentsOf(recipe)) {
    const key = originKey(origin);
    for (const one of wanted.get(key) ?? []) {
      if (!text.startsWith(one.text, one.start)) throw unknown(one, 'has another text at that place now');
      write({
        id: one.id,
        ...origin,
        context: stretch(text, one.start, one.start + one.text.length, characters),
        question: String(one[question]),
        answer: String(one[answer]),
      });
      counts.conversations += 1;
    }
    wanted.delete(key);
  }
  for (const [first] of wanted.values()) throw unknown(first!, 'is not in the corpus');
  return counts;
}

/** A misspelt name would leave out all answers. */
function refuseUnknownField(field: string, answers: readonly Answered[]): void {
  if (answers.length === 0 || answers.some((one) => one[field] !== undefined)) return;
  const has = Object.keys(answers[0]!);
  throw new LongmixError(
    'answers-bad',
    `no answer has a field "${field}"${didYouMean(nearest(field, has))}`,
    {
      cure: `the first has ${has.join(', ')}; --keep, --question and --answer name fields of the answers`,
    },
  );
}

/** From the beginning where the chunk is in reach, else up to the end of the chunk. */
function stretch(text: string, from: number, to: number, most: number): string {
  const start = wholeCharacter(text, Math.min(from, Math.max(0, to - most)));
  return text.slice(start, wholeCharacter(text, Math.min(text.length, Math.max(to, start + most))));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function isKept(value: unknown): boolean {
  return typeof value === 'string' ? !/^\s*(no|false|0|)\s*$/i.test(value) : Boolean(value);
}

function unknown({ source, file, record }: Answered, what: string): LongmixError {
  const where = record === 0 ? file : `${file}:${record}`;
  return new LongmixError('answers-unknown', `the document ${where} of source "${source}" ${what}`, {
    cure: 'give the recipe and the corpus that longmix chunks drew the chunks from',
  });
}
