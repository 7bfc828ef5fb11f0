/** The commands for long instruction data, their flags and their help. */
import type { Command } from 'commander';

/** @param withFlags adds the flags for keys of the recipe */
export function addInstructCommands(program: Command, withFlags: (command: Command) => Command): void {
  withFlags(
    program
      .command('chunks')
      .argument('<recipe>', 'a recipe, or a corpus of long documents')
      .description(
        'draw random chunks of long documents, as JSON Lines, for a model to write questions about',
      )
      .option('--count <n>', 'chunks, each of another document', '1000')
      .option('--characters <n>', 'characters of a chunk', '8000')
      .option('--from <n>', 'characters of a document at least', '32000'),
  ).action(async (recipe, flags) => (await import('./instruct.ts')).runChunks(recipe, flags));
  withFlags(
    program
      .command('assemble')
      .argument('<recipe>', 'the recipe or corpus that the chunks are of')
      .argument('<answers>', 'JSON Lines of the chunks, each with a question and an answer')
      .description('join questions and answers about chunks with the whole documents')
      .requiredOption('--out <file>', 'the JSON Lines to write: context, question, answer')
      .option('--characters <n>', 'characters of a document that a conversation has, at most', '400000')
      .option('--question <field>', 'field of the question', 'question')
      .option('--answer <field>', 'field of the answer', 'answer')
      .option('--keep <field>', 'field of a judge: answers with false, 0 or no there are left out'),
  ).action(async (recipe, answers, flags) =>
    (await import('./instruct.ts')).runAssemble(recipe, answers, flags),
  );
}
