/** `longmix chunks` and `longmix assemble`: long instruction data, without a call of a model. */
import { type Answered, assemble } from '../build/instruct/assemble.ts';
import { drawChunks } from '../build/instruct/chunks.ts';
import { LongmixError, systemReason } from '../errors.ts';
import { createFile } from '../storage/commit.ts';
import { readText } from '../storage/files.ts';
import { wholeNumber } from './feed-flags.ts';
import { loadRecipe, type RunFlags } from './options.ts';

type ChunkFlags = RunFlags & {
  readonly count: string;
  readonly characters: string;
  readonly from: string;
};

export async function runChunks(path: string, flags: ChunkFlags): Promise<void> {
  const recipe = await loadRecipe(path, flags);
  const characters = wholeNumber('--characters', flags.characters, 1);
  const count = wholeNumber('--count', flags.count, 1);
  const from = wholeNumber('--from', flags.from, 1);
  const least = Math.max(characters, from);
  const chunks = await drawChunks(recipe, { count, characters, from: least });
  const shorter = characters > from ? 'take shorter chunks: --characters' : 'take shorter documents: --from';
  if (chunks.length === 0) {
    throw new LongmixError('chunks-nothing', `no document has ${least} characters`, {
      cure: shorter,
      exitCode: 1,
    });
  }
  for (const chunk of chunks) process.stdout.write(`${JSON.stringify(chunk)}\n`);
  if (chunks.length < count && flags.quiet !== true) {
    process.stderr.write(
      `note: ${chunks.length} chunks, not ${count}: no more documents have ${least} characters (${shorter})\n`,
    );
  }
}

type AssembleFlags = RunFlags & {
  readonly out: string;
  readonly characters: string;
  readonly question: string;
  readonly answer: string;
  readonly keep?: string;
};

export async function runAssemble(path: string, answers: string, flags: AssembleFlags): Promise<void> {
  const recipe = await loadRecipe(path, flags);
  const lines = readAnswers(answers);
  const file = createFile(flags.out);
  try {
    const { conversations, judged, without, empty } = await assemble(
      recipe,
      lines,
      {
        characters: wholeNumber('--characters', flags.characters, 1),
        question: flags.question,
        answer: flags.answer,
        keep: flags.keep ?? null,
      },
      (conversation) => file.write(Buffer.from(`${JSON.stringify(conversation)}\n`)),
    );
    const left = `left out: ${judged} by the judge, ${without === 0 ? '' : `${without} without the field ${flags.keep}, `}${empty} without a question or an answer`;
    if (conversations === 0) {
      throw new LongmixError(
        'assemble-nothing',
        `none of ${lines.length} answers makes a conversation (${left})`,
        {
          cure: 'look at the answers; --keep, --question and --answer name their fields',
          exitCode: 1,
        },
      );
    }
    file.commit();
    if (flags.quiet === true) return;
    process.stdout.write(`${flags.out}: ${conversations} conversations (${left})\n`);
  } catch (error) {
    file.abort();
    throw error;
  }
}

function readAnswers(path: string): Answered[] {
  let text: string;
  try {
    text = readText(path);
  } catch (cause) {
    throw new LongmixError('answers-bad', `cannot read ${path}: ${systemReason(cause)}`, {
      cure: 'give the JSON Lines of the answers, each with the fields of its chunk',
      cause,
    });
  }
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const answer = parsed(line);
    if (answer !== null) return [answer];
    throw new LongmixError('answers-bad', 'an answer needs the fields source, file, record, start and text', {
      where: `${path}:${i + 1}`,
      cure: 'keep the fields of each chunk that longmix chunks wrote, and add the question and the answer',
    });
  });
}

function parsed(line: string): Answered | null {
  try {
    const value = JSON.parse(line) as Partial<Answered> | null;
    const { source, file, record, start, text } = value ?? {};
    const isWhole =
      typeof source === 'string' &&
      typeof file === 'string' &&
      typeof record === 'number' &&
      typeof start === 'number' &&
      typeof text === 'string';
    return isWhole ? (value as Answered) : null;
  } catch {
    return null;
  }
}
