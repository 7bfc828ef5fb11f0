/** Numbers of jobs as arrays of Slurm, and back from what squeue says. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  arrayComment,
  arrayExpression,
  arrayIndexes,
  arraysOf,
  queuedJobs,
} from '../../../src/execute/engines/slurm-arrays.ts';
import { fuzz } from '../../support/fuzz.ts';

it('any numbers come back from their arrays, none of which has an index beyond the largest', () => {
  const jobs = fc.uniqueArray(fc.nat(5000)).map((numbers) => numbers.sort((a, b) => a - b));
  fc.assert(
    fc.property(jobs, fc.integer({ min: 1, max: 1001 }), fc.boolean(), (numbers, most, bounded) => {
      const lines = arraysOf(numbers, most).map((array, i) => {
        expect(Math.max(...array.indexes)).toBeLessThan(most);
        return `${i}|${arrayExpression(array.indexes, bounded ? 4 : null)}|PENDING|None|${arrayComment(array, 3)}`;
      });
      const found = queuedJobs(lines.join('\n')).map(({ job }) => job);
      expect(found).toEqual(numbers);
    }),
    fuzz(200),
  );
});

it('what squeue says is read as it was seen', () => {
  const said = `CLUSTER: one
1|2-9%2|PENDING|JobArrayTaskLimit|longmix k=2 o=0
1|0|RUNNING|None|longmix k=2 o=0
1|1|FAILED|NonZeroExitCode|longmix k=2 o=1000
7|N/A|PENDING|Dependency|(null)
`;
  const found = queuedJobs(said);
  expect(found).toHaveLength(10);
  expect(found[0]).toEqual({
    ...{ id: '1', job: 2, tasksPerJob: 2, state: 'waiting', said: 'PENDING (JobArrayTaskLimit)' },
  });
  expect(found[8]).toMatchObject({ job: 0, state: 'running', said: 'RUNNING' });
  expect(found[9]).toMatchObject({ job: 1001, state: 'failed' });
  expect(arrayIndexes('0-8:4,11')).toEqual([0, 4, 8, 11]);
});
