/** Types of a stage and of the data that its tasks get. There is no code here. */

import type { TaskProgress } from '../base/progress.ts';

/** The types of a stage. `setting` and `input` are plain data that can be written as JSON. */
export interface StageKind {
  /** The same for all tasks. */
  readonly setting: unknown;
  /** The input of one task. */
  readonly input: unknown;
  /** The data that the setting refers to by name, in memory that threads share. */
  readonly memory: unknown;
  readonly result: unknown;
}

/** The data to set up a worker with: a job without its list of inputs. */
export interface Given<K extends StageKind> {
  /** An absolute path. Tasks write in it or below it. */
  readonly folder: string;
  readonly setting: K['setting'];
  readonly memory: K['memory'];
  /** Set if the job came from a file: when a task commits, the file must still be there and be the same. */
  readonly mark: JobMark | null;
}

/** Identifies a job's file as a worker found it. */
export interface JobMark {
  readonly file: string;
  readonly fingerprint: string;
}

export interface Bounds {
  readonly workers: number;
  /** Bound of the whole process's memory, in bytes. */
  readonly memory: number;
}

export interface Stage<K extends StageKind> {
  setUp(given: Given<K>): Promise<StageRun<K['input'], K['result']>>;
  /** Loads the data that a setting names, for a process that has only the job's files. */
  load(folder: string, setting: K['setting'], bounds: Bounds): Promise<K['memory']>;
  /** The result of a finished task, from its receipt; null: there is no receipt. Does not read the inputs. */
  finished(folder: string, setting: K['setting'], input: K['input']): K['result'] | null;
  /** True if the whole that the task belongs to is finished. Its receipt may then be gone. */
  isOver(folder: string, setting: K['setting'], input: K['input']): boolean;
  /** Folders that tasks write to. */
  folders(folder: string, setting: K['setting']): readonly string[];
  /** Describes what a task made, in a few words. */
  words(setting: K['setting'], input: K['input'], result: K['result']): string;
}

/**
 * Runs a task. It may resolve before the task's files are on disk; `committed` resolves to the result once they are.
 */
export type StageRun<Input, Result> = (
  input: Input,
  report: (progress: TaskProgress) => void,
  signal?: AbortSignal,
) => Promise<{ readonly committed: Promise<Result> }>;
