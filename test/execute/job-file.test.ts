/** A list of tasks as a file: it is read back as written, and a changed file is refused. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  dropLists,
  dropOtherJob,
  type JobData,
  jobFile,
  readJob,
  refuseStale,
  writeJob,
} from '../../src/execute/job-file.ts';
import { errorOf, failureOf } from '../support/error-of.ts';
import { temporaryFolder } from '../support/folder.ts';

function job(more: Partial<JobData> = {}): JobData {
  const inputs = [{ part: 'a\nb', path: 'cłi' }, { part: 'c' }, { part: 'd' }];
  return {
    stage: 'tokenize',
    folder: temporaryFolder(),
    setting: { deep: [1, null] },
    inputs,
    files: [],
    ...more,
  };
}

it('comes back as it was written', () => {
  const written = job();
  const path = writeJob(written);
  const { folder, stage, setting, tasks, input } = readJob(path);
  expect({ folder, stage, setting, tasks }).toEqual({
    ...{ folder: written.folder, stage: 'tokenize', setting: { deep: [1, null] }, tasks: 3 },
  });
  expect([0, 1, 2].map(input)).toEqual(written.inputs);
});

it('names the folder that it lies in, wherever that was moved to', () => {
  const text = readFileSync(writeJob(job()), 'utf8');
  const elsewhere = job({ inputs: [] });
  const path = writeJob(elsewhere);
  writeFileSync(path, text);
  expect(readJob(path)).toMatchObject({ folder: elsewhere.folder, tasks: 3 });
});

it('is refused where it was cut short, edited, or is something else', () => {
  const path = writeJob(job());
  const text = readFileSync(path, 'utf8');
  const lines = text.split('\n');
  const wrong = [
    text.slice(0, -20),
    lines.slice(0, -2).join('\n'),
    [lines[0], lines[2], lines[1], lines[3], ''].join('\n'),
    text.replace('"c"', '"x"'),
    text.replace('null', '2'),
    text.replace('"version":1', '"version":2'),
    '',
    '{}\n',
    'not JSON\n',
  ];
  for (const content of wrong) {
    expect(content).not.toBe(text);
    writeFileSync(path, content);
    expect(
      errorOf(() => readJob(path)),
      content,
    ).toMatchObject({ code: 'job-damaged', exitCode: 2 });
  }
  expect(errorOf(() => readJob(`${path}.gone`))).toMatchObject({ code: 'job-missing', exitCode: 2 });
});

it('is left as it is while it is the same, with the files that it names', () => {
  let writes = 0;
  const write = (path: string) => {
    writes += 1;
    writeFileSync(path, '');
  };
  const same = job({ files: [{ name: 'train.rows', isThere: existsSync, write }] });
  const path = writeJob(same);
  const { ino } = statSync(path);
  writeJob(same);
  expect([writes, statSync(path).ino]).toEqual([1, ino]);
  writeJob({ ...same, inputs: [{ part: 'other' }] });
  expect(readJob(path).tasks).toBe(1);
});

it('lets nobody commit once another list took its place, or it was taken away', async () => {
  const first = job();
  const { mark } = readJob(writeJob(first));
  const stale = () => failureOf(refuseStale(mark));
  dropOtherJob(first);
  await refuseStale(mark);
  const other = { ...first, setting: {} };
  writeJob(other);
  expect(await stale()).toMatchObject({ code: 'job-stale', exitCode: 2 });
  writeJob(first);
  await refuseStale(mark);
  dropOtherJob(other);
  expect(existsSync(jobFile(first))).toBe(false);
  expect(await stale()).toMatchObject({ code: 'job-stale' });
  // Of threads, which have no list in a file.
  await refuseStale(null);
  expect(join(first.folder, '.longmix/jobs/tokenize.jsonl')).toBe(jobFile(first));
});

it('of a folder for several commands leaves the lists of the others, and is there until all are dropped', () => {
  const mine = job({ isOneOfSeveral: true });
  const [a, b] = [mine, { ...mine, inputs: [{ part: 'x' }] }].map(writeJob) as [string, string];
  expect([a, b].map((path) => readJob(path).tasks)).toEqual([3, 1]);
  expect(writeJob(mine)).toBe(a);
  const shard = writeJob({ ...mine, stage: 'shard', isOneOfSeveral: false });
  dropLists(mine.folder, 'tokenize');
  expect([a, b, shard].map(existsSync)).toEqual([false, false, true]);
});
