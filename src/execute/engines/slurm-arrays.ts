/** Numbers of jobs as arrays of Slurm: their expressions, and what squeue says of them. */
import type { JobState } from './engine.ts';

export interface JobArray {
  /** Added to an index of the array: the number of the job. */
  readonly offset: number;
  readonly indexes: readonly number[];
}

/** Divides numbers among arrays, because an index must be below MaxArraySize. @param jobs ascending */
export function arraysOf(jobs: readonly number[], maxArraySize: number): JobArray[] {
  const arrays = new Map<number, number[]>();
  for (const job of jobs) {
    const offset = job - (job % maxArraySize);
    const indexes = arrays.get(offset) ?? [];
    indexes.push(job - offset);
    arrays.set(offset, indexes);
  }
  return Array.from(arrays, ([offset, indexes]) => ({ offset, indexes }));
}

/** `0-7,9%4` @param most how many run at once; null: all */
export function arrayExpression(indexes: readonly number[], most: number | null): string {
  const ranges: [first: number, last: number][] = [];
  for (const index of indexes) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === index - 1) range[1] = index;
    else ranges.push([index, index]);
  }
  const text = ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
  return most === null ? text : `${text}%${most}`;
}

/** Indexes of `2-9%2`, `4`, `1,3-5`, `0-8:2`; none: it is no array. */
export function arrayIndexes(expression: string): number[] {
  const ranges = expression.replace(/%\d+$/, '').split(',');
  return ranges.flatMap((range) => {
    const [, first, last = first, step = '1'] = /^(\d+)(?:-(\d+))?(?::(\d+))?$/.exec(range) ?? [];
    if (first === undefined) return [];
    const found: number[] = [];
    for (let index = Number(first); index <= Number(last); index += Number(step)) found.push(index);
    return found;
  });
}

/** How squeue is asked: array id, index, state, reason, comment. */
export const queueFormat = '%F|%K|%T|%r|%k';

export function arrayComment({ offset }: JobArray, tasksPerJob: number): string {
  return `longmix k=${tasksPerJob} o=${offset}`;
}

const states: Readonly<Record<string, JobState['state']>> = {
  COMPLETED: 'done',
  // What comes when its node is gone: Slurm queues it again, or not.
  NODE_FAIL: 'lost',
  PREEMPTED: 'lost',
  REVOKED: 'lost',
  CANCELLED: 'cancelled',
  FAILED: 'failed',
  BOOT_FAIL: 'lost',
  DEADLINE: 'failed',
  OUT_OF_MEMORY: 'failed',
  TIMEOUT: 'failed',
  PENDING: 'waiting',
  CONFIGURING: 'waiting',
  REQUEUED: 'waiting',
  REQUEUE_FED: 'waiting',
  REQUEUE_HOLD: 'waiting',
  SPECIAL_EXIT: 'waiting',
  RESV_DEL_HOLD: 'waiting',
};

/** What squeue says. Lines that are no jobs of arrays of ours are left out. */
export function queuedJobs(stdout: string): JobState[] {
  return stdout.split('\n').flatMap((line) => {
    const [id, expression, state, reason, comment] = line.split('|');
    const [, perJob, offset] = /^longmix k=(\d+) o=(\d+)$/.exec(comment ?? '') ?? [];
    if (offset === undefined) return [];
    const said = reason === 'None' || reason === '' ? state! : `${state} (${reason})`;
    // All others (RUNNING, COMPLETING, SUSPENDED, STAGE_OUT) have a node.
    const known = states[state!] ?? 'running';
    return arrayIndexes(expression!).map((index) => ({
      ...{ id: id!, job: Number(offset) + index, tasksPerJob: Number(perJob), state: known, said },
    }));
  });
}
