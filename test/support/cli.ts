/** The built command, as a person runs it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ended {
  /** null: killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** @param killWhen asked every few ms; true: SIGKILL, the signal that nothing can be done about */
export function longmix(
  args: readonly string[],
  { cwd, killWhen }: { cwd?: string; killWhen?: () => boolean } = {},
): Promise<Ended> {
  if (!existsSync(main)) {
    throw new Error(`${main} is missing: npm run build makes it (make test does that first)`);
  }
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setInterval(() => {
      if (killWhen?.() === true) child.kill('SIGKILL');
    }, 2);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code, stdout, stderr, ms: performance.now() - began });
    });
  });
}

/** Fails with what the command said if it did not end well. */
export async function longmixOk(args: readonly string[], cwd?: string): Promise<Ended> {
  const ended = await longmix(args, cwd === undefined ? {} : { cwd });
  if (ended.code !== 0) throw new Error(`longmix ${args.join(' ')}: exit ${ended.code}\n${ended.stderr}`);
  return ended;
}
