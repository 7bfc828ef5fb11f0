/** The loss over packed rows with a mask is that of the examples, each alone, over the tokens of their answers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { build } from '../../../src/build/build.ts';
import { openFeed } from '../../../src/feed/feed.ts';
import { recipeFrom } from '../../../src/recipe/recipe-from.ts';
import { loadTokenizer } from '../../../src/tokenize/load.ts';
import { loadTfjs } from '../../../trainers/tfjs/backend.ts';
import {
  addRowGradients,
  createParameters,
  disposeModel,
  placeModel,
  rowLosses,
} from '../../../trainers/tfjs/model.ts';
import { cutRow, modelRows, targetsOf } from '../../../trainers/tfjs/rows.ts';
import { scramble } from '../../../trainers/tfjs/scramble.ts';
import { chatMessages, jsonLines, specialId, writeChatTokenizer } from '../../support/chat-corpus.ts';
import { temporaryFolder } from '../../support/folder.ts';

const shape = { layers: 1, width: 8, heads: 2, ropeBase: 10_000 };

it('is the same packed and unpacked', async () => {
  const folder = temporaryFolder();
  const file = writeChatTokenizer(join(folder, 'model'));
  const chats = Array.from({ length: 12 }, (_, i) => chatMessages(i));
  writeFileSync(join(folder, 'chats.jsonl'), jsonLines(chats.map((messages) => ({ messages }))));
  const recipe = recipeFrom(
    {
      tokenizer: { file },
      sources: { chat: { path: './chats.jsonl', messages: 'messages', template: 'chatml' } },
      sequences: { length: 512, eos: false },
    },
    { directory: folder },
  );
  await build(recipe, join(folder, 'out'), { workers: 1 });

  const tokenizer = await loadTokenizer({ file, pattern: null });
  const encode = (text: string) => [...tokenizer.encode(Buffer.from(text), [Buffer.byteLength(text)]).tokens];
  const [start, end] = [specialId(file, '<|im_start|>'), specialId(file, '<|im_end|>')];
  const examples = chats.map((messages) => {
    const ids: number[] = [];
    const learned: number[] = [];
    const add = (more: readonly number[], isLearned: boolean) => {
      ids.push(...more);
      learned.push(...more.map(() => Number(isLearned)));
    };
    for (const { role, content } of messages) {
      add([start, ...encode(`${role}\n`)], false);
      add([...encode(content), end], role === 'assistant');
      add(encode('\n'), false);
    }
    return { ids: Int32Array.from(ids), learned, lengths: [ids.length], padding: 0 };
  });

  const tf = await loadTfjs();
  const parameters = createParameters(shape, tokenizer.vocabularySize, 3).map((parameter, p) => ({
    ...parameter,
    values: parameter.values.map((_, i) => scramble(scramble(p + 1) + i) / 2 ** 32 - 0.5),
  }));
  const model = placeModel(tf, parameters);
  let [alone, count] = [0, 0];
  for (const { learned, ...row } of examples) {
    const losses = rowLosses(tf, shape, model, row);
    for (let i = 1; i < learned.length; i += 1) {
      if (learned[i] === 0) continue;
      alone += losses[i - 1]!;
      count += 1;
    }
  }

  const feed = openFeed(join(folder, 'out'), { rowsPerStep: 1 });
  const numbers = Int32Array.from({ length: tokenizer.vocabularySize }, (_, id) => id);
  const gradients = parameters.map(({ values }) => new Float32Array(values.length));
  let [packed, targets] = [0, 0];
  for (let step = 0; step < feed.epochSteps; step += 1) {
    for (const row of modelRows(feed.batch({ epoch: 0, step }, 0, 1), numbers)) {
      packed += addRowGradients(tf, shape, model, { row, weight: 1 }, gradients);
      targets += targetsOf(row).filter((id) => id >= 0).length;
      // A row that is cut asks for no token that the whole one does not.
      const cut = cutRow(row, 100).flatMap((part) => [...targetsOf(part)]);
      const whole = targetsOf(row);
      expect(cut.every((id, i) => id < 0 || id === whole[i])).toBe(true);
    }
  }
  disposeModel(tf, model);
  feed.close();
  expect(targets).toBe(count);
  expect(Math.abs(packed / targets - alone / count) / (alone / count)).toBeLessThan(1e-5);
}, 60_000);
