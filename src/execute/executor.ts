/**
 * Where tasks run is apart from what runs. A build hands an executor a job: a list of tasks of one stage, each a pure
 * function of the job's setting and its own input, so that any of them may run anywhere, in any order, and twice. The
 * executor gives their results back in the order of the list.
 *
 * A job is plain data and names of files, so that a process which has no more than the job's file can run its tasks
 * (`job-file.ts`, `worker.ts`). Threads of this process are also given what the names stand for, in shared memory.
 */
import type { TaskProgress } from '../base/progress.ts';
import type { JobData } from './job-file.ts';
import type { StageName, StageTypes } from './stages.ts';

export interface Job<S extends StageName> extends JobData {
  readonly stage: S;
  readonly setting: StageTypes[S]['setting'];
  readonly inputs: readonly StageTypes[S]['input'][];
  /** What the setting's names stand for, in memory that threads share. */
  readonly memory: StageTypes[S]['memory'];
}

export interface RunOptions<Result = unknown> {
  /** Ends the stage early: every worker is stopped, and `run` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TaskProgress) => void) | undefined;
  /** Called as each task ends, in whatever order they do. */
  readonly onResult?: ((index: number, result: Result) => void) | undefined;
}

export interface Executor {
  /**
   * Gets ready for a job of about so many tasks before the job is known: threads load their code meanwhile. Close what
   * it gives, whether it ran or not.
   */
  ready<S extends StageName>(stage: S, tasks: number): Crew<S>;
}

/** Those that will do a job. */
export interface Crew<S extends StageName> {
  /** Workers that share this process's memory. */
  readonly count: number;
  /**
   * Once.
   * @returns results in the order of the inputs
   * @throws TasksLeft where the tasks run elsewhere and some are not done yet; else whatever the first failed task throws
   */
  run(job: Job<S>, options: RunOptions<StageTypes[S]['result']>): Promise<StageTypes[S]['result'][]>;
  close(): Promise<void>;
}

export async function runJob<S extends StageName>(
  executor: Executor,
  job: Job<S>,
  options: RunOptions<StageTypes[S]['result']>,
): Promise<StageTypes[S]['result'][]> {
  const crew = executor.ready(job.stage, job.inputs.length);
  try {
    return await crew.run(job, options);
  } finally {
    await crew.close();
  }
}

/** The tasks of a list that must be done before the build can go on. It is no failure: somebody has to run them. */
export class TasksLeft extends Error {
  readonly stage: StageName;
  /** Path of the job's file. */
  readonly job: string;
  readonly tasks: number;
  /** Numbers of those that are not done, ascending. */
  readonly left: readonly number[];

  constructor(stage: StageName, job: string, tasks: number, left: readonly number[]) {
    super(`${left.length} of ${tasks} tasks of the list ${job} are not done`);
    this.name = 'TasksLeft';
    this.stage = stage;
    this.job = job;
    this.tasks = tasks;
    this.left = left;
  }
}
