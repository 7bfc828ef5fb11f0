/**
 * A job as a file: `.longmix/jobs/STAGE.jsonl` in the folder that its tasks write to. Row plans lie beside it. Several
 * commands may add to one token store at once, so the name of such a list has its fingerprint, too.
 *
 *   line 1     {"format":"longmix-job","version":1,"stage":"tokenize","fingerprint":"...","tasks":64,"setting":{...}}
 *   line 2+i   the input of task i
 *
 * There is one line per task, so that a worker parses only the lines of its own tasks. The fingerprint is the sha256 of
 * the setting and of the lines of all tasks. A list that was cut short or edited does not match it and is refused, and
 * a worker notices that its list was replaced. The number of tasks comes only from this file: an engine's count may be
 * wrong, as SLURM_ARRAY_TASK_COUNT is when a part of an array is run again.
 *
 * The file does not contain the path of its folder, so another machine may mount the folder elsewhere. Paths of the
 * corpus and of a tokenizer file are absolute.
 */
import { createHash } from 'node:crypto';
import { isUrl } from '../base/is-url.ts';
import { LongmixError, systemReason } from '../errors.ts';
import { createFile, makeFolder } from '../storage/commit.ts';
import { firstLine, firstLineOf, readLines, removeFiles } from '../storage/notes.ts';
import { basename, dirname, join, resolve } from '../storage/paths.ts';
import { notesFolder } from '../storage/receipt.ts';
import { storageAt } from '../storage/storage-at.ts';
import type { JobMark } from './task.ts';

const format = 'longmix-job';
const version = 1;

/** The part of a job that is written to the file: plain data. */
export interface JobData {
  readonly stage: string;
  /** An absolute path. Tasks write in it or below it, and its notes folder holds the job's files. */
  readonly folder: string;
  /** Must be valid JSON data. Names of files are relative to `folder`, unless they are absolute. */
  readonly setting: unknown;
  /** The input of each task. Must be valid JSON data. */
  readonly inputs: readonly unknown[];
  /** Several lists of this stage may be in the folder, for several commands. Default: false, another list is replaced. */
  readonly isOneOfSeveral?: boolean;
  /** Files that the setting names and that only other processes need: written only if such processes run tasks. */
  readonly files: readonly JobFile[];
}

export interface JobFile {
  /** Name of the file, beside the job's file. */
  readonly name: string;
  isThere(path: string): boolean;
  /** @throws LongmixError `output-unwritable` */
  write(path: string): void;
}

interface Head {
  readonly format: typeof format;
  readonly version: typeof version;
  readonly stage: string;
  readonly fingerprint: string;
  readonly tasks: number;
  readonly setting: unknown;
}

export function jobsFolder(folder: string): string {
  return join(folder, notesFolder, 'jobs');
}

/** Of a stage that has one list. */
export function jobFile({ folder, stage }: Pick<JobData, 'folder' | 'stage'>): string {
  return join(jobsFolder(folder), `${stage}.jsonl`);
}

/** Removes the lists of a stage that may have several. */
export function dropLists(folder: string, stage: string): void {
  const name = new RegExp(`^${stage}-[0-9a-f]{8}\\.jsonl$`);
  removeFiles(jobsFolder(folder), (file) => name.test(file));
}

/**
 * Writes a job and the files that it names, except those that are there already.
 * @returns the path of the job's file
 * @throws LongmixError `output-unwritable`
 */
export function writeJob(job: JobData): string {
  const { folder, stage, setting, files } = job;
  makeFolder(jobsFolder(folder));
  for (const { name, isThere, write } of files) {
    const path = join(jobsFolder(folder), name);
    if (!isThere(path)) write(path);
  }
  const lines = linesOf(job);
  const fingerprint = fingerprintOf(setting, lines);
  const path = jobFile(
    job.isOneOfSeveral === true ? { folder, stage: `${stage}-${fingerprint.slice(0, 8)}` } : job,
  );
  // Write the list last, so that it never names a missing file. Keep an equal list: workers may be using it.
  if (fingerprintIn(path) !== fingerprint) {
    const head: Head = { format, version, stage, fingerprint, tasks: lines.length, setting };
    writeLines(path, [JSON.stringify(head), ...lines]);
  }
  return path;
}

/** Writes line by line, because a list of a million files is longer than a string may be. */
function writeLines(path: string, lines: readonly string[]): void {
  const file = createFile(path);
  try {
    for (const line of lines) file.write(Buffer.from(`${line}\n`));
    file.commit();
  } catch (error) {
    file.abort();
    throw error;
  }
}

/** Removes the list of another job of this stage, so that the other job's workers commit nothing more. */
export function dropOtherJob(job: JobData): void {
  const there = fingerprintIn(jobFile(job));
  if (there === null || there === fingerprintOf(job.setting, linesOf(job))) return;
  dropJob(job.folder, job.stage);
}

/** Removes the list of a stage, so that its workers commit nothing more. */
export function dropJob(folder: string, stage: string): void {
  removeFiles(jobsFolder(folder), (name) => name === `${stage}.jsonl`);
}

/**
 * Removes files that only finished tasks needed. Keeps the list, so that a late worker learns that all tasks are done.
 */
export function dropJobFiles(folder: string, isOurs: (name: string) => boolean): void {
  removeFiles(jobsFolder(folder), isOurs);
}

function linesOf({ inputs }: JobData): string[] {
  return inputs.map((input) => JSON.stringify(input));
}

function fingerprintOf(setting: unknown, lines: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256').update(JSON.stringify(setting));
  for (const line of lines) hash.update('\n').update(line);
  return hash.digest('hex');
}

/** The fingerprint in a job's file; null: there is no such file, or it is damaged. */
function fingerprintIn(path: string): string | null {
  try {
    return (JSON.parse(firstLine(path)) as Partial<Head>).fingerprint ?? null;
  } catch {
    return null;
  }
}

/** The same in any thread, as it is now. */
async function fingerprintNow(path: string): Promise<string | null> {
  if (!isUrl(path)) return fingerprintIn(path);
  const storage = await storageAt(dirname(path));
  try {
    const line = await firstLineOf(await storage.open(basename(path)));
    return (JSON.parse(line) as Partial<Head>).fingerprint ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || isRemoved(error)) return null;
    throw error;
  }
}

function isRemoved(error: unknown): boolean {
  return error instanceof LongmixError && /^(remote-missing|input-changed)$/.test(error.code);
}

export interface StoredJob extends Pick<JobData, 'stage' | 'folder' | 'setting'> {
  readonly tasks: number;
  readonly mark: JobMark;
  input(task: number): unknown;
}

/** The folder of a list's tasks. */
export function jobFolder(path: string): string {
  return resolve(path, '../../..');
}

/** @throws LongmixError `job-missing` | `job-damaged` */
export function readJob(path: string): StoredJob {
  const file = resolve(path);
  const lines = linesIn(file);
  const head = parse(String(lines[0] ?? '')) as Partial<Head> | null;
  if (head?.format !== format) throw damaged(file, 'it is not a list of tasks');
  if (head.version !== version) throw damaged(file, 'another version of longmix wrote it');
  const { stage, setting, tasks, fingerprint } = head as Head;
  const inputs = lines.slice(1);
  if (inputs.length !== tasks || fingerprintOf(setting, inputs) !== fingerprint)
    throw damaged(file, 'it is not as it was written');
  return {
    ...{ stage, setting, tasks },
    folder: jobFolder(file),
    mark: { file, fingerprint },
    input: (task) => JSON.parse(String(inputs[task]!)),
  };
}

function linesIn(file: string): Buffer[] {
  try {
    return readLines(file);
  } catch (cause) {
    throw new LongmixError('job-missing', `cannot read the list of tasks ${file}: ${systemReason(cause)}`, {
      cure: 'give the path that longmix build --engine by-hand names',
      cause,
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function damaged(file: string, what: string): LongmixError {
  return new LongmixError('job-damaged', `damaged list of tasks: ${file}: ${what}`, {
    cure: 'remove it and run the build command again: it writes the list anew',
  });
}

/**
 * Call this before a task commits, so that files of an old plan can't get into the folder of a new one.
 * @throws LongmixError `job-stale` if the list was replaced or removed since
 */
export async function refuseStale(mark: JobMark | null): Promise<void> {
  if (mark === null || (await fingerprintNow(mark.file)) === mark.fingerprint) return;
  throw new LongmixError('job-stale', `the list of tasks has changed since this worker began: ${mark.file}`, {
    cure: 'run the build command again, and the tasks of the list that it names',
  });
}
