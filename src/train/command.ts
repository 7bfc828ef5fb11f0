/**
 * `--trainer command -- python train.py`: sends batches to a process's standard input as Arrow streams
 * (`feed/stream/arrow-stream.ts`), as fast as it takes them. Lines of JSON on its standard output are its metrics; NaN,
 * which Python's json writes, is accepted. All other output is passed on, and its last lines are in the message if the
 * process fails.
 *
 * `step` in a line (from 0) reports that this step is done. `saved_steps` reports how many steps are done in the
 * checkpoint that the process has just written. Rows in the pipe don't count as steps.
 *
 * The process gets LONGMIX_OUT, LONGMIX_STEPS, LONGMIX_FIRST_STEP and LONGMIX_VOCABULARY (the size of the tokenizer's
 * vocabulary), keeps its own checkpoints, and may end early with exit code 0. It is the leader of a process group, so
 * that all processes that it starts end with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { LongmixError, systemReason } from '../errors.ts';
import { BatchEncoder } from '../feed/stream/arrow-stream.ts';
import { writeOut } from '../feed/stream/write-out.ts';
import type { Metrics, TrainContext, Trainer } from './trainer.ts';

/** Lines of the child's output to show if it fails. */
const lastLines = 20;
/**
 * Time allowed for the rest of the output after the child's end. Processes it left running may keep the output open.
 */
const outputMs = 1000;
/** Seconds allowed to exit after SIGTERM: enough to write a checkpoint, and less than the 30 s that SLURM allows. */
export const graceSeconds = 25;
const stopSignals = ['SIGINT', 'SIGTERM'] as const;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set if the child could not be started. */
  readonly error?: NodeJS.ErrnoException;
}

interface Running {
  readonly child: ChildProcess;
  readonly encoder: BatchEncoder;
  /** Resolves when the child has ended and all its output was read. */
  readonly closed: Promise<Ended>;
  /** Like `closed`, but also resolves some time after the child's end if its output stays open. */
  readonly ended: Promise<Ended>;
  /** Like `ended`, but rejects when the user interrupts, or when the metrics can't be written. */
  readonly left: Promise<Ended>;
}

/** @throws LongmixError `command-missing` if there is no command */
export function commandTrainer(command: readonly string[]): Trainer {
  const [program, ...args] = command;
  if (program === undefined) {
    throw new LongmixError('command-missing', '--trainer command: no command', {
      cure: 'put it after --: longmix train SHARDS --trainer command -- python train.py',
    });
  }
  const last: string[] = [];
  let running: Running | null = null;

  async function send({ child, encoder, left }: Running): Promise<boolean> {
    const written = writeOut(child.stdin!, encoder.take()).then(
      () => true,
      () => false,
    );
    return Promise.race([written, left.then(() => false)]);
  }

  /** Waits for the child's end, and throws if it failed. */
  async function close({ child, left }: Running): Promise<void> {
    child.stdin!.end();
    const { code, signal, error } = await left;
    leave(child);
    if (code === 0) return;
    const how = error === undefined ? endedHow(code, signal) : `cannot be started: ${systemReason(error)}`;
    const said = last.map((line) => `\n  | ${line}`).join('');
    throw new LongmixError('command-failed', `${program} ${how}${said}`, {
      cure:
        error === undefined
          ? last.length > 0
            ? 'its last output is above'
            : 'it printed nothing'
          : 'check its name; a script needs its interpreter: -- python train.py',
      exitCode: error === undefined ? 1 : 2,
    });
  }

  return {
    reportsSteps: true,
    start(context) {
      const child = spawn(program, args, {
        stdio: 'pipe',
        detached: process.platform !== 'win32',
        env: { ...process.env, ...environment(context) },
      });
      // Errors of a write to a child that has ended arrive in the write's callback.
      child.stdin.on('error', () => {});
      const keep = (line: string) => {
        last.push(line);
        if (last.length > lastLines) last.shift();
        context.log(line);
      };
      const failed = new Promise<never>((_, reject) => {
        follow(child.stdout, (line) => {
          const metrics = parseMetrics(line);
          try {
            if (metrics === null) keep(line);
            else context.report(metrics);
          } catch (error) {
            // Throwing here would end longmix, and leave the child running.
            reject(error);
          }
        });
      });
      follow(child.stderr, keep);
      const closed = new Promise<Ended>((resolve) => {
        child.on('error', (error) => resolve({ code: null, signal: null, error }));
        child.on('close', (code, signal) => resolve({ code, signal }));
      });
      const exited = new Promise<Ended>((resolve) => {
        child.on('exit', (code, signal) => setTimeout(() => resolve({ code, signal }), outputMs).unref());
      });
      const ended = Promise.race([closed, exited]);
      const left = Promise.race([ended, aborted(context.signal), failed]);
      left.catch(() => {});
      running = { child, encoder: new BatchEncoder(context.manifest), closed, ended, left };
    },
    async step(batch) {
      running!.encoder.write(batch);
      if (await send(running!)) return undefined;
      await close(running!);
      return 'done';
    },
    async finish() {
      running!.encoder.end();
      await send(running!);
      await close(running!);
      return undefined;
    },
    async stop() {
      if (running === null) return;
      const { child, closed, ended } = running;
      killGroup(child, 'SIGTERM');
      // A child that finishes its current step first must not wait for rows.
      child.stdin!.end();
      const kill = () => {
        killGroup(child, 'SIGKILL');
        void ended.then(() => leave(child));
      };
      const timer = setTimeout(kill, graceSeconds * 1000);
      // Pass on the user's second Ctrl-C, because the terminal does not send it to the child's group.
      for (const signal of stopSignals) process.once(signal, kill);
      // While the output is open, a process of the group is still working.
      await closed;
      clearTimeout(timer);
      for (const signal of stopSignals) process.off(signal, kill);
    },
  };
}

/** Rejects when the signal is aborted, and never resolves. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function environment({ out, steps, firstStep, manifest }: TrainContext): Record<string, string> {
  return {
    LONGMIX_OUT: out,
    LONGMIX_STEPS: String(steps),
    LONGMIX_FIRST_STEP: String(firstStep),
    LONGMIX_VOCABULARY: String(manifest.tokenizer.vocabularySize),
  };
}

function follow(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
}

/** A JSON string, or NaN or Infinity, which JSON does not have but Python's json writes. */
const stringOrNoNumber = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/**
 * Parses a line that is a JSON object, else returns null. NaN and Infinity become null, as in JavaScript's own JSON.
 */
function parseMetrics(line: string): Metrics | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line.replace(stringOrNoNumber, (found) => (found.startsWith('"') ? found : 'null')));
  } catch {
    return null;
  }
}

function endedHow(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}

/** Closes the child's streams. Processes that it left running could keep them, and longmix with them, open. */
function leave({ stdio }: ChildProcess): void {
  for (const stream of stdio) stream?.destroy();
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // The group has ended in the meantime.
  }
}
