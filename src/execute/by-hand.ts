/**
 * The executor that runs nothing: it writes the list of tasks for whoever runs them, and goes on when all are done. What is
 * done is what has a receipt, whatever anybody says. An executor for a cluster's engine is this one with a submission
 * between the two steps.
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
      // The cast: none is null.
      if (left.length === 0) return results as Exclude<(typeof results)[number], null>[];
      throw new TasksLeft(stage, writeJob(job), results.length, left);
    },
    async close() {},
  }),
};
