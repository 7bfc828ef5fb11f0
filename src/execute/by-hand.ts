/**
 * The executor that runs no tasks. It writes the list of tasks for others to run, and continues when all are done. A
 * task is done if it has a receipt; nothing else counts. An executor for a cluster's engine would be this one, with a
 * submission between the two steps.
 */
import { type Executor, TasksLeft } from './executor.ts';
import { writeJob } from './job-file.ts';
import { stages } from './stages.ts';

export const byHand: Executor = {
  ready: (stage) => ({
    count: 1,
    async run(job, { signal }) {
      signal?.throwIfAborted();
      const { finished } = await stages[stage]();
      const results = job.inputs.map((input) => finished(job.folder, job.setting, input));
      const left = [...results.keys()].filter((task) => results[task] === null);
      // The cast is safe: no result is null.
      if (left.length === 0) return results as Exclude<(typeof results)[number], null>[];
      throw new TasksLeft(stage, writeJob(job), results.length, left);
    },
    async close() {},
  }),
};
