/**
 * Runs Slurm's commands. A controller that is restarted or busy does not answer for a while, so what can be tried again is:
 * with growing pauses, for ten minutes.
 */
import { spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { LongmixError } from '../../errors.ts';

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const patienceMs = 10 * 60 * 1000;
const longestPauseMs = 30_000;

/** What the controller says when it can't be reached, has just been started, or has too much to do. */
const passing =
  /unable to contact|connection (refused|reset|timed out)|timed out|zero bytes|temporarily|not (yet )?available|in standby|try again|communication|munge|protocol authentication/i;
/** How many jobs a user may have is a limit that passes as they end. */
const fullQueue = /submit ?(job)? ?limit|MaxSubmit|MaxJobCount/i;

/** One call. @throws LongmixError `engine-missing` */
export function callSlurm(program: string, args: readonly string[], input = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Full arrays in what squeue says, and no formats of the user's.
    const env = { ...process.env, SLURM_BITSTR_LEN: '0', SQUEUE_FORMAT: '', SQUEUE_FORMAT2: '' };
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', (cause) =>
      reject(
        new LongmixError('engine-missing', `cannot run ${program}: ${cause.message}`, {
          cure: 'run longmix on a machine that has the commands of Slurm, or choose another --engine',
          cause,
        }),
      ),
    );
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

export interface Patience {
  readonly signal?: AbortSignal | undefined;
  /** Called once, when the controller does not answer. */
  readonly onWait: (said: string) => void;
}

/**
 * Calls until there is an answer.
 * @throws LongmixError `engine-refused` for what does not pass, `engine-unreachable` after ten minutes
 */
export async function callPatiently(
  program: string,
  args: readonly string[],
  input: string,
  { signal, onWait }: Patience,
): Promise<string> {
  const until = Date.now() + patienceMs;
  for (let pause = 500, told = false; ; pause = Math.min(2 * pause, longestPauseMs)) {
    signal?.throwIfAborted();
    const { code, stdout, stderr } = await callSlurm(program, args, input);
    if (code === 0) return stdout;
    const said = complaint(stderr);
    if (!passing.test(stderr) && !fullQueue.test(stderr)) {
      throw new LongmixError('engine-refused', `Slurm does not take the jobs: ${said}`, {
        cure: 'set what it asks for by --engine-set, such as partition=NAME, account=NAME, time=1:00:00; --dry-run shows what is submitted',
      });
    }
    if (Date.now() > until) {
      throw new LongmixError('engine-unreachable', `Slurm does not answer for ten minutes: ${said}`, {
        cure: 'run the same command again: what is done stays, and jobs that are queued are found',
        exitCode: 1,
      });
    }
    if (!told) onWait(said);
    told = true;
    await setTimeout(pause, undefined, { signal });
  }
}

/** What a command complains of, in one line. */
function complaint(stderr: string): string {
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('Try '));
  return lines.map((line) => line.replace(/^\w+: ((error|fatal): )?/, '')).join('; ');
}
