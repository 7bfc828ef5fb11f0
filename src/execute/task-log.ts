/**
 * What is known of the attempts at a task, beside its receipt: a log that people read, and the last error as data, so that
 * the terminal from which the tasks were submitted shows the error itself, with its file and its cure.
 *
 *   .longmix/logs/STAGE-0123abcd/00012.log          a line as an attempt begins, and one as it ends
 *   .longmix/logs/STAGE-0123abcd/00012.error.json   the last error; removed when the task is done
 *
 * The folder is named by the list's fingerprint, so tasks of another list never seem to have failed. Logs are for people:
 * where they can't be written the tasks are run all the same, and nothing but `longmix jobs` and messages reads them.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isUrl } from '../base/is-url.ts';
import { LongmixError } from '../errors.ts';
import { makeFolder, writeJson } from '../storage/commit.ts';
import {
  appendText,
  exists,
  listFolder,
  readJson,
  readText,
  removeFile,
  removeFolder,
  statOf,
} from '../storage/files.ts';
import { notesFolder } from '../storage/receipt.ts';
import { jobsFolder } from './job-file.ts';
import type { JobMark } from './task.ts';

/** The last error of a task. */
export interface TaskError {
  readonly task: number;
  readonly attempt: string;
  readonly host: string;
  readonly time: string;
  /** `bug`: an error that is no user's and not the system's. */
  readonly code: string;
  readonly message: string;
  readonly where?: string;
  readonly cure?: string;
  /** 2: trying again does not help. */
  readonly exitCode: 1 | 2;
  readonly stack?: string;
}

/** A list of tasks, as far as its logs are concerned. */
export interface LoggedList {
  readonly folder: string;
  readonly stage: string;
  readonly mark: Pick<JobMark, 'fingerprint'>;
}

export function logFolder({ folder, stage, mark }: LoggedList): string {
  return join(folder, notesFolder, 'logs', `${stage}-${mark.fingerprint.slice(0, 8)}`);
}

export function logFile(list: LoggedList, task: number): string {
  return join(logFolder(list), `${nameOf(task)}.log`);
}

function errorFile(list: LoggedList, task: number): string {
  return join(logFolder(list), `${nameOf(task)}.error.json`);
}

function nameOf(task: number): string {
  return String(task).padStart(5, '0');
}

export interface TaskLog {
  begin(task: number): void;
  end(task: number, words: string): void;
  /** The attempt was told to end; the next one does the task. */
  stop(task: number): void;
  fail(task: number, error: unknown): void;
}

/** The log of one attempt, which has an id of its own. In a bucket, where nothing can be appended, there is none. */
export function openLog(list: LoggedList): TaskLog {
  if (isUrl(list.folder)) return { begin() {}, end() {}, stop() {}, fail() {} };
  const attempt = randomBytes(4).toString('hex');
  const host = process.env.SLURMD_NODENAME ?? hostname();
  const write = (task: number, words: string) => {
    const text = `${new Date().toISOString()} ${attempt} ${host} ${words.replaceAll('\n', '\n  ')}\n`;
    orNothing(() => appendText(logFile(list, task), text));
  };
  orNothing(() => makeFolder(logFolder(list)));
  return {
    begin: (task) => write(task, 'began'),
    end(task, words) {
      write(task, `done: ${words}`);
      orNothing(() => removeFile(errorFile(list, task)));
    },
    stop: (task) => write(task, 'stopped'),
    fail(task, error) {
      const { code, message, where, cure, exitCode, stack } = plain(error);
      write(
        task,
        `failed: ${where === undefined ? '' : `${where}: `}${message}${cure === undefined ? '' : `\n${cure}`}`,
      );
      const optional = { ...(where === undefined ? {} : { where }), ...(cure === undefined ? {} : { cure }) };
      const note: TaskError = {
        ...{ task, attempt, host, time: new Date().toISOString(), code, message, ...optional, exitCode },
        ...(stack === undefined ? {} : { stack }),
      };
      orNothing(() => void writeJson(errorFile(list, task), note));
    },
  };
}

function plain(error: unknown): Omit<TaskError, 'task' | 'attempt' | 'host' | 'time'> {
  if (error instanceof LongmixError) {
    const { code, message, where, cure, exitCode } = error;
    return {
      code,
      message,
      exitCode,
      ...(where === undefined ? {} : { where }),
      ...(cure === undefined ? {} : { cure }),
    };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: 'bug', message, exitCode: 1, ...(stack === undefined ? {} : { stack }) };
}

/** A log that can't be written must not end the work. */
function orNothing(write: () => void): void {
  try {
    write();
  } catch {
    // The work's own files report a folder that can't be written.
  }
}

/** The last errors of tasks that are not done since, by task. */
export function taskErrors(list: LoggedList): Map<number, TaskError> {
  const found = new Map<number, TaskError>();
  for (const name of listFolder(logFolder(list))) {
    if (!name.endsWith('.error.json')) continue;
    try {
      const error = readJson(join(logFolder(list), name)) as TaskError;
      found.set(error.task, error);
    } catch {
      // Another attempt has just removed it.
    }
  }
  return found;
}

/** The last lines of a task's log; none: it has no log. */
export function lastLines(path: string, count: number): string[] {
  try {
    return readText(path).trimEnd().split('\n').slice(-count);
  } catch {
    return [];
  }
}

/** When a task's log was written last, in ms since 1970; null: never. */
export function lastLogged(list: LoggedList, task: number): number | null {
  return statOf(logFile(list, task))?.modifiedMs ?? null;
}

/** Whether the last that a log says is that an attempt began. */
export function isUnderWay(list: LoggedList, task: number): boolean {
  return lastLines(logFile(list, task), 1)[0]?.endsWith(' began') ?? false;
}

/** Removes the logs of lists of this stage that are gone. */
export function dropOtherLogs(list: LoggedList): void {
  const logs = join(list.folder, notesFolder, 'logs');
  for (const name of listFolder(logs)) {
    const path = join(logs, name);
    const isThere = path === logFolder(list) || exists(join(jobsFolder(list.folder), `${name}.jsonl`));
    if (name.startsWith(`${list.stage}-`) && !isThere) removeFolder(path);
  }
}

/** The error of a task for the terminal from which it was submitted. */
export function toError(
  { code, message, where, cure, exitCode }: TaskError,
  what: string,
  log: string,
): LongmixError {
  const details = { ...(where === undefined ? {} : { where }), exitCode };
  const way = cure === undefined ? `its log is ${log}` : `${cure}\n  its log is ${log}`;
  if (code === 'bug') {
    const told = `${what}: ${message} (a bug in longmix, please report it)`;
    return new LongmixError('task-failed', told, { ...details, cure: way, exitCode: 1 });
  }
  return new LongmixError(code, `${what}: ${message}`, { ...details, cure: way });
}
