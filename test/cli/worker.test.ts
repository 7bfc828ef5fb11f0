/** `longmix worker` in real processes: a build made by workers alone has the bytes of `longmix build`. Needs dist/. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { numberRanges } from '../../src/cli/by-hand.ts';
import { chosenTasks } from '../../src/cli/worker.ts';
import {
  expectMessage,
  jsonLines,
  longmix,
  longmixOk,
  temporaryFiles,
  workplace,
} from '../support/command.ts';
import { errorOf } from '../support/error-of.ts';
import { hashes } from '../support/folder.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
for (const name of ['a', 'b', 'c', 'd']) place.write(`${name}.jsonl`, jsonLines(60, name));
place.write(
  'mix.yaml',
  `sources:
${['a', 'b', 'c', 'd'].map((name) => `  ${name}: { path: ${name}.jsonl, text: ${name} }`).join('\n')}
sequences: { length: 64 }
split: { validation: 10% }
shards: { size: 8KB }
`,
);
const build = ['build', 'mix.yaml', '--out', 'hand', '--engine', 'by-hand'];
const list = (stage: string) => {
  const jobs = join(place.path, stage === 'tokenize' ? 'hand/store' : 'hand', '.longmix/jobs');
  return join(jobs, readdirSync(jobs).find((name) => name.startsWith(stage)) ?? '');
};
const worker = (stage: string, ...flags: string[]) =>
  longmix(['worker', list(stage), ...flags], { cwd: place.path });

describe('longmix worker', () => {
  it('makes the same build, task by task, by several processes at once of which one is killed', async () => {
    await longmixOk(['build', 'mix.yaml', '--out', 'threads', '--quiet'], place.path);
    const first = await longmixOk(build, place.path);
    expect(first.stderr).toContain(`longmix worker '${list('tokenize')}' --tasks 0-3`);
    // One task by two processes at once, others by others.
    const outcomes = await Promise.all([
      worker('tokenize', '--task', '0'),
      worker('tokenize', '--task', '0'),
      worker('tokenize', '--tasks', '1-3'),
    ]);
    expect(outcomes.map(({ code, stdout }) => [code, stdout])).toEqual(outcomes.map(() => [0, '']));
    expect(
      outcomes[2]!.stderr.match(/^\S+ task [123]: part-[0-9a-f]{16}, 60 documents, .* tokens$/gm),
    ).toHaveLength(3);

    const { stdout } = await longmixOk([...build, '--json', '--quiet'], place.path);
    const told = JSON.parse(stdout) as { stage: string; job: string; tasks: number; left: number[] };
    expect(told).toMatchObject({ finished: false, stage: 'shard', job: list('shard') });
    expect(told.left).toHaveLength(told.tasks);
    const last = told.tasks - 1;
    const shards = () => readdirSync(join(place.path, 'hand/train')).filter((name) => /\.arrow$/.test(name));
    const killWhen = () => shards().length > 2;
    const all = ['worker', list('shard'), '--tasks', `0-${last}`];
    const [killed, other] = await Promise.all([
      longmix(all, { cwd: place.path, killWhen }),
      worker('shard', '--task', '1', '--tasks-per-job', String(Math.ceil(told.tasks / 2))),
    ]);
    expect(killed.signal === 'SIGKILL' || killed.code === 0).toBe(true);
    expect(other.code).toBe(0);
    expect(existsSync(join(place.path, 'hand/train/manifest.json'))).toBe(false);
    const rest = await longmixOk(all, place.path);
    expect(rest.stderr).toMatch(new RegExp(`task ${last}: was done`));

    const done = await longmixOk(build, place.path);
    expect(done.stderr).toContain('Built mix');
    expect(hashes(join(place.path, 'hand'))).toEqual(hashes(join(place.path, 'threads')));
    expect(temporaryFiles(join(place.path, 'hand'))).toEqual([]);
    const late = await worker('shard', '--task', '0');
    expect([late.code, late.stderr]).toEqual([0, expect.stringMatching(/ task 0: was done\n$/)]);
  }, 60_000);

  it('says what is wrong with a list, and with a number', async () => {
    place.write('list.jsonl', '{"format":"longmix-job"}\n');
    expectMessage(await place.run('worker', 'list.jsonl', '--task', '0'), 2, /damaged list of tasks/);
    expectMessage(await place.run('worker', 'gone.jsonl', '--task', '0'), 2, /cannot read the list of tasks/);
    const fresh = await place.run('build', 'mix.yaml', '--engine', 'by-hand', '--fresh');
    expectMessage(fresh, 2, /--fresh would throw away what workers have done/);
    expect(readFileSync(join(place.path, 'list.jsonl'), 'utf8')).toContain('longmix-job');
  });
});

describe('the numbers of tasks', () => {
  it.each([
    [{ task: '3' }, [3]],
    [{ task: '1', tasksPerJob: '4' }, [4, 5, 6, 7]],
    [{ task: '2', tasksPerJob: '4' }, [8, 9]],
    [{ tasks: '0-2' }, [0, 1, 2]],
    [{ tasks: '7, 1-2,9-9' }, [7, 1, 2, 9]],
  ])('%j of ten', (flags, expected) => expect(chosenTasks(flags, 10)).toEqual(expected));

  it.each([
    {},
    { task: '1', tasks: '1' },
    { task: '10' },
    { task: '-1' },
    { task: 'x' },
    { task: '3', tasksPerJob: '4' },
    { task: '1', tasksPerJob: '0' },
    { tasks: '1', tasksPerJob: '2' },
    { tasks: '5-10' },
    { tasks: '3-2' },
    { tasks: '' },
  ])('%j of ten is refused', (flags) =>
    expect(errorOf(() => chosenTasks(flags, 10))).toMatchObject({ code: 'flag-invalid', exitCode: 2 }),
  );

  it('are told as ranges', () => {
    expect(numberRanges([0, 1, 2, 5, 7, 8])).toBe('0-2, 5, 7-8');
    expect(numberRanges([4])).toBe('4');
  });
});
