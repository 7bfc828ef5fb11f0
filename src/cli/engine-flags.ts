/** The flags that say where tasks run, and what they mean: which executor, and what it asks and tells. */
import { openSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ReadStream } from 'node:tty';
import { isUrl } from '../base/is-url.ts';
import { shellWord } from '../base/shell-word.ts';
import { counted } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import { byHand } from '../execute/by-hand.ts';
import { type ClusterOptions, cluster } from '../execute/engines/cluster.ts';
import { type ScriptOptions, scriptText } from '../execute/engines/script.ts';
import { slurm } from '../execute/engines/slurm.ts';
import type { Executor } from '../execute/executor.ts';
import type { Bounds } from '../execute/task.ts';
import { shownAddress } from '../storage/remote/address.ts';
import { engineLines } from './engine-lines.ts';
import { allowToStop, whenInterrupted } from './interrupted.ts';

export interface EngineFlags {
  readonly engine?: 'threads' | 'slurm' | 'by-hand' | 'script';
  readonly tasks?: string;
  readonly tasksPerJob?: string;
  readonly concurrency?: string;
  readonly retries?: string;
  readonly engineSet?: readonly string[];
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly quiet?: boolean;
  readonly cache?: string;
  readonly cacheSize?: string;
}

/** Whether tasks run in other processes, so that their list must not depend on this machine. */
export function isElsewhere({ engine = 'threads' }: EngineFlags): boolean {
  return engine !== 'threads';
}

/**
 * Refuses an output and a store in a bucket for an engine that submits jobs: it looks for receipts and logs all the time,
 * as a shared folder has them.
 * @throws LongmixError `remote-unsupported`
 */
export function refuseFarEngine({ engine }: EngineFlags, places: readonly string[]): void {
  const far = places.find(isUrl);
  if (engine !== 'slurm' || far === undefined) return;
  throw new LongmixError('remote-unsupported', '--engine slurm needs a folder that its nodes share', {
    where: shownAddress(far),
    cure: 'give a shared folder; or use --engine script or by-hand, whose workers write to buckets, too',
  });
}

/** How many jobs a list is divided into: more than most clusters run at once, and few enough that starting them is cheap. */
const usualJobs = 100;
const usualRetries = 2;

/** undefined: threads. @throws LongmixError `flag-invalid` */
export function executorOf(flags: EngineFlags, bounds: Bounds): Executor | undefined {
  const { engine = 'threads' } = flags;
  if (engine === 'slurm') return cluster(slurm(slurmOptions(flags, bounds)), clusterOptions(flags));
  const given = [
    ...(['tasks', 'tasksPerJob', 'concurrency', 'retries', 'dryRun', 'detach'] as const).filter(
      (name) => flags[name] !== undefined,
    ),
    ...((flags.engineSet ?? []).length > 0 ? ['engineSet'] : []),
  ];
  if (given.length > 0) {
    const [flag] = given.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    throw invalid(
      `${flag} is for an engine that submits jobs, not for --engine ${engine}`,
      'add --engine slurm, or leave it out',
    );
  }
  return engine === 'by-hand' ? byHand : undefined;
}

/** Prints the script of `--engine script`; false: it is another engine. @throws LongmixError `flag-invalid` */
export function printsScript(flags: EngineFlags): boolean {
  if (flags.engine !== 'script') return false;
  for (const name of ['tasksPerJob', 'concurrency', 'retries', 'dryRun', 'detach'] as const)
    if (flags[name] !== undefined)
      throw invalid(
        '--engine script takes --tasks only',
        'the script says where its jobs are started: change it there',
      );
  const args = process.argv.slice(2);
  const options: ScriptOptions = {
    command: ownCommand(),
    folder: process.cwd(),
    args: withoutEngine(args),
    jobs: wholeNumber('--tasks', flags.tasks, 8),
  };
  process.stdout.write(scriptText(options));
  return true;
}

/** The arguments without those that say where tasks run. */
function withoutEngine(args: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    if (/^--(engine|tasks)$/.test(args[i]!)) i += 1;
    else if (!/^--(engine|tasks)=/.test(args[i]!)) kept.push(args[i]!);
  }
  return kept;
}

/** The words that start this longmix, for a shell. */
function ownCommand(): string {
  return [process.execPath, resolve(process.argv[1]!)].map(shellWord).join(' ');
}

/** Options of sbatch that say which tasks run: they are ours. */
const ours = /^(array|dependency|job-name|comment|parsable|wrap|output|error|test-only|wait)$/;

function slurmOptions(flags: EngineFlags, { workers, memory }: Bounds): Parameters<typeof slurm>[0] {
  const settings = new Map<string, string>();
  for (const typed of flags.engineSet ?? []) {
    const [, key, value = ''] = /^-{0,2}([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(typed) ?? [];
    if (key === undefined)
      throw invalid(
        `--engine-set: found "${typed}"`,
        'use an option of sbatch by its long name: partition=NAME, time=1:00:00',
      );
    if (ours.test(key)) throw invalid(`--engine-set ${key}: longmix sets it itself`, 'leave it out');
    settings.set(key, value);
  }
  const command = settings.get('command') ?? ownCommand();
  settings.delete('command');
  const cache = [
    ...(flags.cache === undefined ? [] : ['--cache', resolve(flags.cache)]),
    ...(flags.cacheSize === undefined ? [] : ['--cache-size', flags.cacheSize]),
  ];
  return {
    ...{ settings, command, workers, memory },
    concurrency: flags.concurrency === undefined ? null : wholeNumber('--concurrency', flags.concurrency, 1),
    workerFlags: ['--workers', String(workers), '--memory', String(memory), ...cache],
    say: linesOf(flags).say,
  };
}

function clusterOptions(flags: EngineFlags): ClusterOptions {
  if (flags.tasks !== undefined && flags.tasksPerJob !== undefined)
    throw invalid('--tasks and --tasks-per-job both say how a list is divided', 'give one of them');
  const lines = linesOf(flags);
  const isAsked = process.stdin.isTTY === true && process.stderr.isTTY === true;
  // The question of an interruption waits for its answer.
  if (isAsked) allowToStop(3600);
  return {
    jobs:
      flags.tasksPerJob === undefined
        ? { tasks: wholeNumber('--tasks', flags.tasks, usualJobs) }
        : { tasksPerJob: wholeNumber('--tasks-per-job', flags.tasksPerJob, 1) },
    attempts: 1 + wholeNumber('--retries', flags.retries, usualRetries, 0),
    dryRun: flags.dryRun === true,
    next:
      flags.detach === true ? { args: process.argv.slice(2), folder: process.cwd(), environment: {} } : null,
    say: lines.say,
    onState: lines.onState,
    async onInterrupt(ids, cancelCommand) {
      const isCancelled =
        isAsked &&
        (await asked(`\n${counted(ids.length, 'job')} (${ids.join(', ')}) wait or run. Cancel? [y/N] `));
      const how = isCancelled ? 'the jobs were cancelled' : `the jobs go on (${cancelCommand} cancels them)`;
      whenInterrupted(
        () => `interrupted; ${how}; finished work is kept, and the same command continues from there`,
      );
      return isCancelled ? 'cancel' : 'leave';
    },
  };
}

function linesOf({ quiet }: EngineFlags): ReturnType<typeof engineLines> {
  return quiet === true ? { say() {}, onState() {} } : engineLines(process.stderr);
}

/** Asks on the terminal itself, because standard input is closed when a command is interrupted. */
async function asked(question: string): Promise<boolean> {
  try {
    const input = new ReadStream(openSync('/dev/tty', 'r'));
    const lines = createInterface({ input, output: process.stderr });
    // A second Ctrl-C leaves them.
    const answer = await Promise.race([
      lines.question(question),
      new Promise<string>((resolve) =>
        lines.once('SIGINT', () => resolve('')).once('close', () => resolve('')),
      ),
    ]);
    lines.close();
    input.destroy();
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false;
  }
}

function wholeNumber(flag: string, typed: string | undefined, usual: number, least: number = 1): number {
  if (typed === undefined) return usual;
  const value = /^\d{1,9}$/.test(typed) ? Number(typed) : -1;
  if (value < least) throw invalid(`${flag}: found "${typed}"`, `use a whole number of at least ${least}`);
  return value;
}

function invalid(what: string, cure: string): LongmixError {
  return new LongmixError('flag-invalid', what, { cure });
}
