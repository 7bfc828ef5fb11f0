/**
 * What a scheduler must do for a build: take jobs, say what became of them, cancel them. It places and reports; which tasks
 * are done is told by their receipts alone. Job N of a list runs K tasks, from N * K on, by `longmix worker`.
 */
import type { LoggedList } from '../task-log.ts';

/** A list of tasks as it is submitted. */
export interface SubmittedList extends LoggedList {
  /** Path of the list. */
  readonly path: string;
  readonly tasks: number;
  readonly tasksPerJob: number;
}

/** A job, or one of an array of jobs, as the engine knows it. */
export interface JobState {
  /** By which `cancel` and people name it; jobs of one array share it. */
  readonly id: string;
  /** Number of the job in its list. */
  readonly job: number;
  readonly tasksPerJob: number;
  /** `lost`: the engine took it away (a node that died, preemption). `cancelled`: a person did. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'lost' | 'cancelled';
  /** The engine's own words. */
  readonly said: string;
}

export interface Engine {
  readonly name: string;
  /** @returns ids of what was submitted. @throws LongmixError `engine-refused` | `engine-unreachable` */
  submit(list: SubmittedList, jobs: readonly number[], signal?: AbortSignal): Promise<string[]>;
  /** All jobs of the list that the engine knows, old ones too; null: it does not answer now. */
  ask(list: LoggedList): Promise<JobState[] | null>;
  cancel(ids: readonly string[]): Promise<void>;
  /** Submits a job that runs this command again when these have ended; null: such a job is waiting already. */
  follow(list: SubmittedList, ids: readonly string[], next: NextRun): Promise<string | null>;
  /** What `submit` and `follow` would do, as text for a shell. */
  preview(list: SubmittedList, jobs: readonly number[], next: NextRun | null): Promise<string>;
  /** The command by which a person cancels jobs. */
  cancelCommand(ids: readonly string[]): string;
  /** Where the output of a job is; it tells of what the worker itself could not. null: not known. */
  outputOf(list: LoggedList, state: JobState): string | null;
}

/** The command that goes on with a build. */
export interface NextRun {
  /** Its arguments. */
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export function isLive({ state }: JobState): boolean {
  return state === 'waiting' || state === 'running';
}

/** Numbers of a job's tasks. */
export function tasksOf(job: number, tasksPerJob: number, tasks: number): number[] {
  const first = job * tasksPerJob;
  return Array.from({ length: Math.max(0, Math.min(tasksPerJob, tasks - first)) }, (_, i) => first + i);
}
