/**
 * A program of the user's -> the text of a file: what it writes to standard output, in UTF-8. No shell is between, so no
 * name of a file is anything but a name. A program that fails makes a bad record; one that is not there, or that comes
 * to no end, is an error. Cost: a process for each file, and its text in memory.
 */
import { spawn } from 'node:child_process';
import { LongmixError } from '../../errors.ts';
import type { ReadCounts } from '../../nouns/documents.ts';
import { repairUtf8, withoutBom } from '../input/utf8.ts';
import { BadFile } from './bad-file.ts';

const patienceSeconds = 600;
const mostErrorBytes = 64 * 1024;

/** What stands for the path of the file in the words of a command. */
const filePlace = /\{(?:file)?\}/g;

/** The output as text, without a byte-order mark. @throws BadFile | LongmixError `command-stuck` */
export async function commandOutput(
  command: readonly string[],
  path: string,
  most: number,
  counts: ReadCounts,
): Promise<string> {
  const output = withoutBom(repairUtf8(await commandText(command, path, most), counts));
  return Buffer.from(output.buffer, output.byteOffset, output.length).toString();
}

/**
 * @param most bytes of output that are taken
 * @throws BadFile | LongmixError `command-stuck`
 */
async function commandText(command: readonly string[], path: string, most: number): Promise<Buffer> {
  const [program, ...words] = command.map((word) => word.replace(filePlace, () => path));
  const child = spawn(program!, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let isStuck = false;
  const patience = setTimeout(() => {
    isStuck = true;
    child.kill('SIGKILL');
  }, patienceSeconds * 1000);
  const output: Buffer[] = [];
  let bytes = 0;
  let complaint = Buffer.alloc(0);
  child.stdout.on('data', (block: Buffer) => {
    bytes += block.length;
    if (bytes <= most) output.push(block);
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
    if (bytes > most) throw new BadFile(`${program} wrote more than ${Math.floor(most / 1e6)} MB`);
    if (code === 0) return Buffer.concat(output);
    const last = complaint.toString().trimEnd().split('\n').slice(-3).join('; ').slice(-500);
    const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
    if (isStuck) throw stuckError(program!, path);
    throw new BadFile(`${program}: ${how}${last === '' ? '' : `: ${last}`}`);
  } finally {
    clearTimeout(patience);
    child.kill('SIGKILL');
  }
}

/** Not a bad record: what is read must not depend on how fast the machine is. */
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
