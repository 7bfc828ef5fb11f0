/**
 * The native tokenizers in Python: .venv-tokenizers from scripts/tokenizer-peers.sh, and the process that runs them.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');
const environment = join(root, '.venv-tokenizers');
const python = join(environment, 'bin/python');

/** Why there are none here; null if there are. LONGMIX_REQUIRE_TOKENIZER_PEERS=1 makes that a failure. */
export function peersMissing(): string | null {
  if (existsSync(python)) return null;
  const why = 'no .venv-tokenizers (scripts/tokenizer-peers.sh makes it)';
  if (process.env.LONGMIX_REQUIRE_TOKENIZER_PEERS === '1') throw new Error(why);
  return why;
}

/** The path of a file that one of the Python packages carries; null where it is not installed. */
export function pythonFile(path: string): string | null {
  if (!existsSync(python)) return null;
  const version = readdirSync(join(environment, 'lib')).find((name) => name.startsWith('python3'));
  const file = join(environment, 'lib', version ?? '', 'site-packages', path);
  return existsSync(file) ? file : null;
}

let peer: ChildProcessWithoutNullStreams | null = null;
const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];

/** Asks test/tokenize/peers.py, whose head lists the requests. One process per test file, ended with it. */
export async function askPeer<Answer>(request: Readonly<Record<string, unknown>>): Promise<Answer> {
  peer ??= startPeer();
  const answered = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
  peer.stdin.write(`${JSON.stringify(request)}\n`);
  const answer = JSON.parse(await answered) as Answer & { error?: string };
  if (answer.error !== undefined) throw new Error(`peers.py: ${answer.error}`);
  return answer;
}

function startPeer(): ChildProcessWithoutNullStreams {
  const child = spawn(python, [join(root, 'test/tokenize/peers.py')], {
    env: { ...process.env, TOKENIZERS_PARALLELISM: 'false', RAYON_NUM_THREADS: '1' },
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  createInterface(child.stdout).on('line', (line) => waiting.shift()?.resolve(line));
  child.on('exit', (code) => {
    peer = null;
    for (const { reject } of waiting.splice(0)) reject(new Error(`peers.py ended (${code}):\n${errors}`));
  });
  process.once('exit', () => child.kill());
  return child;
}
