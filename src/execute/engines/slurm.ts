/**
 * Slurm as an engine: each list is one array of jobs, or several where it has more jobs than an array may have.
 *
 * Jobs are found again by their name, which has the list's fingerprint, and say in their comment which tasks they run. So
 * nothing is noted of what was submitted: a second command, on this machine or another, finds the jobs of the first in
 * the queue and submits only what is missing.
 */
import { join, resolve } from 'node:path';
import { fingerprint } from '../../base/fingerprint.ts';
import { shellWord } from '../../base/shell-word.ts';
import { makeFolder } from '../../storage/commit.ts';
import { type LoggedList, logFolder } from '../task-log.ts';
import type { Engine, JobState, NextRun, SubmittedList } from './engine.ts';
import {
  arrayComment,
  arrayExpression,
  arraysOf,
  type JobArray,
  queuedJobs,
  queueFormat,
} from './slurm-arrays.ts';
import { callPatiently, callSlurm, type Patience } from './slurm-calls.ts';

export interface SlurmOptions {
  /** Options of sbatch; an empty value: the option has none. */
  readonly settings: ReadonlyMap<string, string>;
  /** How many jobs run at once; null: as many as there is room for. */
  readonly concurrency: number | null;
  /** The words that start longmix on a node, for a shell. */
  readonly command: string;
  /** Flags of `longmix worker`. */
  readonly workerFlags: readonly string[];
  readonly workers: number;
  /** Bytes. */
  readonly memory: number;
  readonly say: (words: string) => void;
}

/** Seconds before the end of the time limit at which a worker is told to stop: it ends between two chunks. */
const warningSeconds = 60;
/** Of a controller that doesn't say it: Slurm's default. */
const usualArraySize = 1001;

export function slurm(options: SlurmOptions): Engine {
  const { settings, concurrency, say } = options;
  // With several clusters, the one that is submitted to must also be asked.
  const cluster = settings.get('clusters') ?? settings.get('cluster');
  const on = cluster === undefined ? [] : ['-M', cluster];
  let arraySize: number | undefined;

  const maxArraySize = async (): Promise<number> => {
    if (arraySize === undefined) {
      const { stdout } = await callSlurm('scontrol', [...on, 'show', 'config']);
      arraySize = Number(/MaxArraySize\s*=\s*(\d+)/.exec(stdout)?.[1] ?? usualArraySize);
    }
    return Math.max(1, arraySize);
  };
  const submitted = async (
    args: readonly string[],
    script: string,
    signal?: AbortSignal,
  ): Promise<string> => {
    const patience: Patience = {
      signal,
      onWait: (said) => say(`Slurm does not answer, trying again: ${said}`),
    };
    // With several clusters it says ID;CLUSTER.
    return (await callPatiently('sbatch', args, script, patience)).trim().split(';')[0]!;
  };

  return {
    name: 'Slurm',
    async submit(list, jobs, signal) {
      makeFolder(logFolder(list));
      const ids: string[] = [];
      for (const array of arraysOf(jobs, await maxArraySize())) {
        // The bound is of each array, so with a bound one array runs after the other.
        const after = concurrency === null ? undefined : ids.at(-1);
        const { args, script } = arrayJob(list, array, after, options);
        ids.push(await submitted(args, script, signal));
      }
      return ids;
    },
    ask: (list) => askSlurm(list, on),
    async cancel(ids) {
      if (ids.length > 0) await callSlurm('scancel', [...on, ...ids]);
    },
    async follow(list, ids, next) {
      const { stdout } = await callSlurm('squeue', [...on, '-h', `--name=${nextName(list)}`, '-o', '%i']);
      if (/^\d/m.test(stdout) && process.env.SLURM_JOB_NAME !== nextName(list)) return null;
      const { args, script } = nextJob(list, ids, next, options);
      return await submitted(args, script);
    },
    async preview(list, jobs, next) {
      const arrays = arraysOf(jobs, await maxArraySize());
      const texts = arrays.map((array, i) => {
        return inShell(
          arrayJob(list, array, concurrency === null || i === 0 ? undefined : `$job${i}`, options),
          i + 1,
        );
      });
      if (next !== null) {
        const ids = arrays.map((_, i) => `$job${i + 1}`);
        texts.push(inShell(nextJob(list, ids, next, options), arrays.length + 1));
      }
      return texts.join('\n');
    },
    cancelCommand: (ids) => ['scancel', ...on, ...ids].join(' '),
    outputOf: (list, state) =>
      join(logFolder(list), `slurm-${state.id}_${state.job % (arraySize ?? usualArraySize)}.out`),
  };
}

/**
 * All jobs of a list that Slurm knows; null: it does not answer now.
 * @param on flags of the cluster
 * @throws LongmixError `engine-missing`
 */
export async function askSlurm(list: LoggedList, on: readonly string[] = []): Promise<JobState[] | null> {
  const args = [...on, '-h', '-t', 'all', `--name=${jobName(list)}`, '-o', queueFormat];
  const { code, stdout } = await callSlurm('squeue', args);
  return code === 0 ? queuedJobs(stdout) : null;
}

interface Batch {
  readonly args: readonly string[];
  readonly script: string;
}

function arrayJob(
  list: SubmittedList,
  array: JobArray,
  after: string | undefined,
  { settings, concurrency, command, workerFlags, workers, memory }: SlurmOptions,
): Batch {
  const chosen = new Map<string, string>([
    ['job-name', jobName(list)],
    ['array', arrayExpression(array.indexes, concurrency)],
    ['comment', arrayComment(array, list.tasksPerJob)],
    ['output', `${logFolder(list).replaceAll('%', '%%')}/slurm-%A_%a.out`],
    // What the user's folder is here may not be there on a node.
    ['chdir', list.folder],
    ['requeue', ''],
    ['open-mode', 'append'],
    ['signal', `B:TERM@${warningSeconds}`],
    ['cpus-per-task', String(workers)],
    ['mem', `${Math.ceil(memory / 2 ** 20)}M`],
    ...settings,
    ...(after === undefined ? [] : [['dependency', `afterany:${after}`] as const]),
  ]);
  const words = ['worker', list.path].map(shellWord);
  const task = `--task "$((${array.offset} + SLURM_ARRAY_TASK_ID))" --tasks-per-job ${list.tasksPerJob}`;
  const script = `#!/bin/sh
# exec, so that the signal before the end of the time limit reaches longmix.
exec ${command} ${words.join(' ')} ${task} ${workerFlags.map(shellWord).join(' ')}
`;
  return { args: argsOf(chosen), script };
}

/** The job that goes on when a list is done: it plans, or writes the manifests. */
function nextJob(
  list: SubmittedList,
  ids: readonly string[],
  { args, folder, environment }: NextRun,
  { settings, command, memory }: SlurmOptions,
): Batch {
  const chosen = new Map<string, string>([
    ['job-name', nextName(list)],
    ['output', `${logFolder(list).replaceAll('%', '%%')}/slurm-%j.out`],
    ['chdir', folder],
    ['requeue', ''],
    ['open-mode', 'append'],
    ['mem', `${Math.ceil(memory / 2 ** 20)}M`],
    ...settings,
    ...(ids.length === 0 ? [] : [['dependency', `afterany:${ids.join(':')}`] as const]),
  ]);
  const variables = Object.entries(environment).map(
    ([name, value]) => `export ${name}=${shellWord(value)}\n`,
  );
  const script = `#!/bin/sh\n${variables.join('')}exec ${command} ${args.map(shellWord).join(' ')}\n`;
  return { args: argsOf(chosen), script };
}

function argsOf(chosen: ReadonlyMap<string, string>): string[] {
  return [
    '--parsable',
    ...Array.from(chosen, ([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`)),
  ];
}

function inShell({ args, script }: Batch, number: number): string {
  // Ids of jobs before it are variables.
  const words = args.map((arg) => (arg.includes('$job') ? `"${arg}"` : shellWord(arg)));
  return `job${number}=$(sbatch ${words.join(' ')} <<'END'\n${script}END\n)\n`;
}

/** By which the jobs of a list are found in the queue: two lists never share it. */
function jobName({ folder, stage, mark }: LoggedList): string {
  return `longmix-${stage}-${mark.fingerprint.slice(0, 12)}-${placeOf(folder)}`;
}

function nextName({ folder }: LoggedList): string {
  return `longmix-next-${placeOf(folder)}`;
}

/** Lists of equal content in two folders are two lists. */
function placeOf(folder: string): string {
  return fingerprint(resolve(folder)).slice(0, 8);
}
