/** What a stage is to those who run its tasks, and what its tasks are given. Nothing here runs. */

import type { TaskProgress } from '../base/progress.ts';

/** The types of a stage. `setting` and `input` are plain data, which JSON can hold. */
export interface StageKind {
  /** The same for all tasks. */
  readonly setting: unknown;
  /** Of one task. */
  readonly input: unknown;
  /** What the setting's names stand for, in memory that threads share. */
  readonly memory: unknown;
  readonly result: unknown;
}

/** What a worker is set up with: a job without its list. */
export interface Given<K extends StageKind> {
  /** Absolute. Tasks write in it or below it. */
  readonly folder: string;
  readonly setting: K['setting'];
  readonly memory: K['memory'];
  /** Where the job came from a file: the file must still be there, and the same, when a task commits. */
  readonly mark: JobMark | null;
}

/** A job's file as a worker found it. */
export interface JobMark {
  readonly file: string;
  readonly fingerprint: string;
}

export interface Bounds {
  readonly workers: number;
  /** Of the whole process, in bytes. */
  readonly memory: number;
}

export interface Stage<K extends StageKind> {
  setUp(given: Given<K>): Promise<StageRun<K['input'], K['result']>>;
  /** Loads what a setting names, for a process that has the job's files and nothing else. */
  load(folder: string, setting: K['setting'], bounds: Bounds): Promise<K['memory']>;
  /** The result of a task that is done, as its receipt says; null: there is none. Reads none of the inputs. */
  finished(folder: string, setting: K['setting'], input: K['input']): K['result'] | null;
  /** True where what a task is for is finished as a whole: its receipt may be gone. */
  isOver(folder: string, setting: K['setting'], input: K['input']): boolean;
  /** Folders that tasks write to. */
  folders(folder: string, setting: K['setting']): readonly string[];
  /** What a task made, in a few words. */
  words(setting: K['setting'], input: K['input'], result: K['result']): string;
}

/** Does a task's work. Its files may be on their way to the disk still: `committed` has the result when they are there. */
export type StageRun<Input, Result> = (
  input: Input,
  report: (progress: TaskProgress) => void,
  signal?: AbortSignal,
) => Promise<{ readonly committed: Promise<Result> }>;
