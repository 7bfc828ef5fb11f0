/** `longmix ablate --train`, as a user types it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Validation } from '../../src/nouns/training.ts';
import type { ArmsTraining } from '../../src/train/train-arms.ts';
import { validationOf } from '../../src/train/validation.ts';
import { expectMessage, jsonLines, longmixOk, workplace } from '../support/command.ts';

const base = {
  tokenizer: 'gpt2',
  sources: { notes: 'notes.jsonl', more: 'more.jsonl' },
  split: { validation: '10%' },
  sequences: { length: 256 },
};
const arms = {
  natural: {},
  short: { sequences: { length: 64 } },
  'no-long': { mix: { length: { threshold: 128, scope: 'global', remove: 'long' } } },
};
const settings = ['layers=1', 'width=16', 'heads=2', 'lr=0.02', 'validateRows=8'].flatMap((set) => [
  '--set',
  set,
]);

it('trains every arm on as many tokens, compares them on one validation set, and goes on where it was', async () => {
  using place = workplace();
  place.write('notes.jsonl', jsonLines(150));
  place.write('more.jsonl', jsonLines(150).replaceAll('some', 'other'));
  place.write('mix.yaml', JSON.stringify(base));
  place.write('arms.yaml', JSON.stringify({ name: 'arms', base: './mix.yaml', arms }));
  const typed = ['ablate', 'arms.yaml', '--train', '--train-tokens', '2560', ...settings];
  const { stdout, stderr } = await longmixOk(typed, place.path);
  const out = join(place.path, 'out/arms');
  const read = () =>
    (JSON.parse(readFileSync(join(out, 'ablation.json'), 'utf8')) as { training: ArmsTraining }).training;
  const training = read();
  expect(training).toMatchObject({ trainer: 'tfjs', tokens: 2560 });
  expect(training.arms.map(({ arm }) => arm)).toEqual(Object.keys(arms));
  for (const { arm, steps, tokensPerStep, losses, final } of training.arms) {
    expect({ arm, steps, tokensPerStep }).toEqual({ arm, steps: 10, tokensPerStep: 256 });
    expect(losses.map(({ tokens }) => tokens)).toEqual(Array.from({ length: 10 }, (_, i) => (i + 1) * 256));
    expect(losses[9]!.loss).toBeLessThan(losses[0]!.loss);
    expect(final).toMatchObject({ validation: { loss: expect.any(Number) } });
    expect(stdout).toMatch(new RegExp(`^${arm} +10 +${losses[9]!.loss.toFixed(3)} +\\d`, 'm'));
  }
  // The table by source: for each source the arms, one under the other.
  for (const source of ['notes', 'more']) {
    const own = training.arms.map(
      ({ final }) => validationOf(final)!.bySource!.find((one) => one.source === source)!,
    );
    expect(own.every(({ tokens, loss }) => tokens > 0 && loss > 0)).toBe(true);
    const lines = training.arms.map(
      ({ arm }, i) => `${i === 0 ? source : ''} +${arm} +${own[i]!.loss.toFixed(3)}`,
    );
    expect(stdout).toMatch(new RegExp(lines.join('\n')));
  }
  const {
    tokens: guesses,
    bySource,
    loss,
  } = validationOf(training.arms[0]!.final) as Validation & { tokens: number };
  expect(bySource!.reduce((sum, one) => sum + one.tokens, 0)).toBe(guesses);
  expect(bySource!.reduce((sum, one) => sum + one.loss * one.tokens, 0) / guesses).toBeCloseTo(loss, 5);
  // The same ids for all: the first weights know nothing, so every arm begins at the same ln(V).
  const vocabularies = [...stderr.matchAll(/(\d+) of \d+ ids occur/g)].map(([, ids]) => ids);
  expect(vocabularies.length).toBe(3);
  expect(new Set(vocabularies).size).toBe(1);

  const run = (name: string) => readFileSync(join(out, `${name}.run`, 'metrics.jsonl'), 'utf8');
  const before = run('natural');
  await longmixOk([...typed, '--html', 'arms.html'], place.path);
  const page = readFileSync(join(place.path, 'arms.html'), 'utf8');
  expect(page).toContain('What the arms learned');
  expect(page).toContain(`<td>${training.arms[2]!.losses[9]!.loss.toFixed(3)}</td>`);
  expect(page).toContain('Validation loss by position, less that of natural');
  expect(page).toContain('Validation loss by source');
  expect(read()).toEqual(training);
  // Nothing was trained again: the times of its steps are what they were.
  expect(run('natural')).toBe(before);

  // Without --train the curves stay, in the file and on the page ...
  const plain = await longmixOk(['ablate', 'arms.yaml', '--html', 'plain.html'], place.path);
  expect(read()).toEqual(training);
  expect(plain.stdout).toContain(training.arms[0]!.losses[9]!.loss.toFixed(3));
  expect(plain.stderr).not.toContain('dropped');
  expect(readFileSync(join(place.path, 'plain.html'), 'utf8')).toBe(page);
  // ... but not those of an arm that was built anew from something else, or is gone.
  const { natural } = arms;
  const changed = { natural, short: { sequences: { length: 32 } } };
  place.write('arms.yaml', JSON.stringify({ name: 'arms', base: './mix.yaml', arms: changed }));
  const { stderr: said } = await longmixOk(['ablate', 'arms.yaml', '--fresh'], place.path);
  expect(said).toContain('the training curves of short, no-long are dropped');
  expect(read().arms).toEqual([training.arms[0]]);
  expect((await longmixOk(['ablate', 'arms.yaml'], place.path)).stderr).not.toContain('dropped');
  expect(read().arms).toEqual([training.arms[0]]);
  place.write('mix.yaml', JSON.stringify({ ...base, seed: 3 }));
  const renewed = await longmixOk(['ablate', 'arms.yaml', '--fresh'], place.path);
  expect(renewed.stderr).toContain('the training curves of natural are dropped');
  expect(read()).toBeUndefined();
  place.write('mix.yaml', JSON.stringify(base));
  place.write('arms.yaml', JSON.stringify({ name: 'arms', base: './mix.yaml', arms }));

  writeFileSync(join(out, 'natural.run', 'mine.txt'), '');
  await longmixOk([...typed, '--fresh'], place.path);
  expect(read()).toEqual(training);
  // The run is made anew; what its user put beside it stays.
  expect(existsSync(join(out, 'natural.run', 'mine.txt'))).toBe(true);

  // Another budget, by word or by an arm that has less, is not mixed with what was trained before.
  const longer = typed.map((word) => (word === '2560' ? '5120' : word));
  expectMessage(
    await place.run(...longer),
    2,
    /natural\.run: arm natural: its run does not have the 20 steps/,
    /--fresh/,
  );
  rmSync(join(out, 'natural.run'), { recursive: true });
  expectMessage(await place.run(...longer), 2, /arm short: its run does not have the 20 steps/);
  expect(existsSync(join(out, 'natural.run'))).toBe(false);

  expectMessage(await place.run(...typed, '--plan'), 2, /--plan builds no shards/);
  expectMessage(
    await place.run('ablate', 'arms.yaml', '--train', '--train-tokens', '10'),
    2,
    /are less than one step/,
  );
  expectMessage(
    await place.run('ablate', 'arms.yaml', '--train', '--train-tokens', 'x'),
    2,
    /--train-tokens: found "x"/,
  );
});
