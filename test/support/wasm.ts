/**
 * Compiles the WebAssembly that src/ loads from dist/ before any test, if it is missing or older than its
 * AssemblyScript. This takes seconds. So unit tests need no `npm run build`, and a changed kernel is never tested with
 * the old WebAssembly.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export default function setup(): void {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const { targets } = JSON.parse(readFileSync(join(root, 'asconfig.json'), 'utf8')) as {
    targets: Record<string, { outFile: string }>;
  };
  for (const [name, { outFile }] of Object.entries(targets)) {
    const source = /src\/\S+\/assembly/.exec(scripts[`build:${name}`]!)![0];
    const made = statSync(join(root, outFile), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (made < newest(join(root, source)))
      execFileSync('npm', ['run', '--silent', `build:${name}`], { cwd: root, stdio: 'inherit' });
  }
}

function newest(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((name) => statSync(join(folder, name)).mtimeMs));
}
