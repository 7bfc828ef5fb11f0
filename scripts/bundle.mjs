/**
 * Bundles the command line into few files: dist/bin/longmix.js and thread.js with their chunks. Every command and every
 * worker thread waits until its modules are loaded. That takes Node a third of a millisecond per file, and zod alone
 * has a hundred files. Packages that nearly every command loads are bundled, with their licences beside; others are not.
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const within = ['commander', 'picomatch', 'stream-chain', 'yaml', 'zod'];
const root = new URL('../', import.meta.url);
const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, root));

const bundle = await rolldown({
  input: { longmix: at('dist/cli/main.js'), thread: at('dist/execute/thread.js') },
  platform: 'node',
  external: (id) => !id.startsWith('.') && !isAbsolute(id) && !within.includes(id.split('/')[0] ?? ''),
});
const { output } = await bundle.write({
  dir: at('dist/bin'),
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
});
await bundle.close();
// npm makes the file executable when it installs or links the package, but not after a new build.
chmodSync(at('dist/bin/longmix.js'), 0o755);

/** @param {string} name */
function licence(name) {
  const folder = `node_modules/${name}`;
  const file = ['LICENSE', 'LICENSE.md', 'LICENCE'].map((end) => at(`${folder}/${end}`)).find(existsSync);
  if (file === undefined) throw new Error(`${folder} has no licence file, so it can't be a part of dist/bin`);
  const { version } = JSON.parse(readFileSync(at(`${folder}/package.json`), 'utf8'));
  return `${name} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`;
}

const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
const packages = new Set(
  modules.map((id) => /.*node_modules[\\/]([^\\/]+)/.exec(id)?.[1]).filter((name) => name !== undefined),
);
const head = 'Parts of these packages are in the files of this folder:\n';
writeFileSync(at('dist/bin/LICENSES.txt'), [head, ...[...packages].sort().map(licence)].join('\n---\n\n'));
