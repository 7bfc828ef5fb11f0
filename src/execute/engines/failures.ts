/** The errors of a build whose tasks ran elsewhere: what went wrong there, with its file and its cure. */
import { LongmixError } from '../../errors.ts';
import { lastLines, logFile, type TaskError, toError } from '../task-log.ts';
import type { Engine, JobState, SubmittedList } from './engine.ts';

export interface Failed {
  readonly task: number;
  /** What the worker said; undefined: nothing, because it was killed or never began. */
  readonly error: TaskError | undefined;
  /** Attempts that failed in a row. */
  readonly times: number;
  /** What the engine says of the last one. */
  readonly state?: JobState | undefined;
}

export function failure(
  engine: Engine,
  list: SubmittedList,
  { task, error, times, state }: Failed,
): LongmixError {
  const often = times > 1 ? `, after ${times} attempts` : '';
  const what = `task ${task} of the list ${list.stage} failed${often}`;
  if (error !== undefined) return toError(error, what, logFile(list, task));
  const said = state === undefined ? '' : `: ${engine.name} says ${state.said}`;
  const output = state === undefined ? null : engine.outputOf(list, state);
  const lines = output === null ? [] : lastLines(output, 5);
  const seen = lines.length === 0 ? '' : `\n${lines.map((line) => `  | ${line}`).join('\n')}`;
  return new LongmixError('task-failed', `${what}, and its worker left no word${said}${seen}`, {
    where: output ?? logFile(list, task),
    cure: cureFor(state?.said ?? ''),
    exitCode: 1,
  });
}

function cureFor(said: string): string {
  if (/OUT_OF_MEMORY/.test(said))
    return 'use fewer --workers, or give the jobs more than --memory: --engine-set mem=8G';
  if (/TIMEOUT|DEADLINE/.test(said))
    return 'give the jobs more time (--engine-set time=4:00:00), or fewer tasks each (--tasks-per-job)';
  return 'see what is wrong with the node or the job; the same command goes on from what is done';
}

/** `list-overtaken`: the caller finds all done when it begins again. */
export function overtaken(stage: string, folder: string): LongmixError {
  return new LongmixError('list-overtaken', `another command has finished the list ${stage} meanwhile`, {
    where: folder,
    cure: 'run the same command again: it continues from there',
    exitCode: 1,
  });
}

export function cancelled({ name }: Engine, { id, said }: JobState): LongmixError {
  return new LongmixError('engine-cancelled', `job ${id} was cancelled (${name} says ${said})`, {
    cure: 'run the same command again: it submits only what is missing',
    exitCode: 1,
  });
}
