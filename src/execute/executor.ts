/**
 * The interface that separates where tasks run from what they do. A build gives an executor a job: a list of tasks of
 * one stage. Each task is a pure function of the job's setting and its own input, so it may run anywhere, in any order,
 * and more than once. The executor returns the results in the order of the list.
 *
 * A job is plain data and names of files, so that a process that has only the job's file can run its tasks
 * (`job-file.ts`, `worker.ts`). Threads of this process also get the data behind the names, in shared memory.
 */
import type { TaskProgress } from '../base/progress.ts';
import type { JobData } from './job-file.ts';
import type { StageName, StageTypes } from './stages.ts';

export interface Job<S extends StageName> extends JobData {
  readonly stage: S;
  readonly setting: StageTypes[S]['setting'];
  readonly inputs: readonly StageTypes[S]['input'][];
  /** The data that the setting refers to by name, in memory that threads share. */
  readonly memory: StageTypes[S]['memory'];
}

export interface RunOptions<Result = unknown> {
  /** Ends the stage early: every worker is stopped, and `run` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TaskProgress) => void) | undefined;
  /** Called as each task begins, by an executor that knows. */
  readonly onBegin?: ((index: number) => void) | undefined;
  /** Called as each task ends; tasks may end in any order. */
  readonly onResult?: ((index: number, result: Result) => void) | undefined;
}

export interface Executor {
  /**
   * Prepares for a job of about `tasks` tasks before the job is known, so that threads load their code meanwhile. The
   * caller must close the crew, whether it ran or not.
   */
  ready<S extends StageName>(stage: S, tasks: number): Crew<S>;
}

/** The workers for one job. */
export interface Crew<S extends StageName> {
  /** Workers that share this process's memory. */
  readonly count: number;
  /**
   * Runs the job. Call this only once.
   * @returns results in the order of the inputs
   * @throws TasksLeft if the tasks run elsewhere and some are not done yet; else whatever the first failed task throws
   */
  run(job: Job<S>, options: RunOptions<StageTypes[S]['result']>): Promise<StageTypes[S]['result'][]>;
  close(): Promise<void>;
}

/** @param tasks how many workers the job can keep busy, if some tasks are small beside others */
export async function runJob<S extends StageName>(
  executor: Executor,
  job: Job<S>,
  options: RunOptions<StageTypes[S]['result']>,
  tasks: number = job.inputs.length,
): Promise<StageTypes[S]['result'][]> {
  const crew = executor.ready(job.stage, tasks);
  try {
    return await crew.run(job, options);
  } finally {
    await crew.close();
  }
}

/**
 * Thrown if tasks must be run elsewhere before the build can continue. It is not a failure: somebody has to run them.
 */
export class TasksLeft extends Error {
  readonly stage: StageName;
  /** Path of the job's file. */
  readonly job: string;
  readonly tasks: number;
  /** Numbers of the tasks that are not done, ascending. */
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
