/**
 * `--trainer command -- python train.py`: the batches go to a process's standard input as Arrow streams
 * (`feed/stream/arrow-stream.ts`), as fast as it takes them. Lines of JSON on its standard output are its metrics (NaN, which
 * Python's json writes, too); anything else that it says is passed on, and its last lines are in the message if it fails.
 *
 * A line's `step` (from 0) says that this step is done, and `saved_steps` how many are done in the checkpoint that it has
 * just written: rows in the pipe are no steps yet.
 *
 * It gets LONGMIX_OUT, LONGMIX_STEPS, LONGMIX_FIRST_STEP and LONGMIX_VOCABULARY (the size of the tokenizer's), keeps
 * checkpoints of its own, and may leave early with exit code 0. It is the leader of a process group, so that whatever it starts ends with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { LongmixError, systemReason } from '../errors.ts';
import { BatchEncoder } from '../feed/stream/arrow-stream.ts';
import { writeOut } from '../feed/stream/write-out.ts';
import type { Metrics, TrainContext, Trainer } from './trainer.ts';

/** Lines of the child's that a failure shows. */
const lastLines = 20;
/** So long the rest of its output may take when it has ended; what it left running may hold it open for ever. */
const outputMs = 1000;
/** So long it may take to end after SIGTERM: to write a checkpoint, and less than the 30 s that SLURM leaves. */
export const graceSeconds = 25;
const stopSignals = ['SIGINT', 'SIGTERM'] as const;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started. */
  readonly error?: NodeJS.ErrnoException;
}

interface Running {
  readonly child: ChildProcess;
  readonly encoder: BatchEncoder;
  /** All its output was read. */
  readonly closed: Promise<Ended>;
  /** The same, or the process is gone and its output open all the same. */
  readonly ended: Promise<Ended>;
  /** The same; rejects when the user interrupts, or its metrics can't be kept. */
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

  /** Waits for the end, and throws if it was none. */
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
      // A write to a child that has left fails by its callback.
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
            // Thrown on, it would end longmix here, and leave the child.
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
      // One that takes its step to the end first must not wait for rows.
      child.stdin!.end();
      const kill = () => {
        killGroup(child, 'SIGKILL');
        void ended.then(() => leave(child));
      };
      const timer = setTimeout(kill, graceSeconds * 1000);
      // The user's second Ctrl-C, which the terminal does not send to the group.
      for (const signal of stopSignals) process.once(signal, kill);
      // While its output is open, somebody in the group is at work.
      await closed;
      clearTimeout(timer);
      for (const signal of stopSignals) process.off(signal, kill);
    },
  };
}

/** Never resolves. */
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

/** A string of JSON, or a word for a number that JSON does not have: Python's json writes these all the same. */
const stringOrNoNumber = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/** A line that is a JSON object, or null. Numbers that JSON does not have are null, as in JavaScript's own JSON. */
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

/** What it left running may hold these, and longmix with them. */
function leave({ stdio }: ChildProcess): void {
  for (const stream of stdio) stream?.destroy();
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It ended in between.
  }
}
