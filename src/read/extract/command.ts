/**
 * Runs a program of the user to get the text of a file: its standard output, in UTF-8. It is run without a shell, so
 * that a file name can't act as a command. If the program fails, the file is a bad record. If it is missing or does not
 * end, that is an error. Cost: one process per file, and the file's text in memory.
 */
import { spawn } from 'node:child_process';
import { LongmixError } from '../../errors.ts';
import type { ReadCounts } from '../../nouns/documents.ts';
import type { ExtractInput } from '../format-spec.ts';
import { repairUtf8, withoutBom } from '../input/utf8.ts';
import { BadFile } from './bad-file.ts';

const patienceSeconds = 600;
const mostErrorBytes = 64 * 1024;

/** The placeholder for the file's path in a command's words. */
const filePlace = /\{(?:file)?\}/g;

type Bounds = Pick<ExtractInput, 'most' | 'hold'>;

/** The program's output as text, without a byte-order mark. @throws BadFile | LongmixError `command-stuck` */
export async function commandOutput(
  command: readonly string[],
  path: string,
  bounds: Bounds,
  counts: ReadCounts,
): Promise<string> {
  const output = withoutBom(repairUtf8(await commandText(command, path, bounds), counts));
  return Buffer.from(output.buffer, output.byteOffset, output.length).toString();
}

/** @throws BadFile | LongmixError `command-stuck`; whatever `hold` throws */
async function commandText(
  command: readonly string[],
  path: string,
  { most, hold }: Bounds,
): Promise<Buffer> {
  const [program, ...words] = command.map((word) => word.replace(filePlace, () => path));
  const child = spawn(program!, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let isStuck = false;
  const patience = setTimeout(() => {
    isStuck = true;
    child.kill('SIGKILL');
  }, patienceSeconds * 1000);
  const output: Buffer[] = [];
  let bytes = 0;
  let refusal: unknown = null;
  let complaint = Buffer.alloc(0);
  child.stdout.on('data', (block: Buffer) => {
    bytes += block.length;
    try {
      // First, for how much comes at once depends on the machine.
      if (refusal === null) hold(Math.min(bytes, most));
    } catch (error) {
      refusal = error;
    }
    if (refusal === null && bytes <= most) output.push(block);
    else child.kill('SIGKILL');
  });
  child.stderr.on('data', (block: Buffer) => {
    complaint = Buffer.concat([complaint, block]).subarray(-mostErrorBytes);
  });
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', (cause) => reject(new BadFile(`${program} cannot be started: ${cause.message}`)));
      child.on('close', (...end) => resolve(end));
    });
    if (refusal !== null) throw refusal;
    if (bytes > most) throw new BadFile(`${program} wrote more than ${Math.floor(most / 1e6)} MB`);
    if (code === 0) return Buffer.concat(output);
    const last = complaint.toString().trimEnd().split('\n').slice(-3).join('; ').slice(-500);
    const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
    if (isStuck) throw stuckError(program!, path);
    if (outside.has(signal ?? '') || outsideCodes.has(code ?? 0)) throw killedError(program!, path, how);
    throw new BadFile(`${program}: ${how}${last === '' ? '' : `: ${last}`}`);
  } finally {
    clearTimeout(patience);
    child.kill('SIGKILL');
  }
}

/**
 * Signals that come from outside: a scheduler that ends a job ends this program too, maybe before longmix. The codes are a
 * shell's for a command of its own that they ended.
 */
const outside = new Set<string>(['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGTERM']);
const outsideCodes = new Set([129, 130, 137, 143]);

/** An error, not a bad record: the file has no part in it, and a store without its text would look finished. */
function killedError(program: string, path: string, how: string): LongmixError {
  return new LongmixError('command-killed', `${program} was ended from outside (${how})`, {
    where: path,
    cure: 'run the command again; if it is ended each time, it may need more memory than there is: leave the file out with exclude:',
    exitCode: 1,
  });
}

/** An error, not a bad record, because the output must not depend on the machine's speed. */
function stuckError(program: string, path: string): LongmixError {
  return new LongmixError(
    'command-stuck',
    `${program} was still running after ${patienceSeconds / 60} minutes`,
    {
      where: path,
      cure: 'leave the file out with exclude:, or set a time limit in your program',
      exitCode: 1,
    },
  );
}
