/**
 * A TypeScript file of the tests or of src, for a script: Node 20 can't import it. It is bundled, written below out/ (so that
 * packages are found from there), imported and removed.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

let imported = 0;
const root = fileURLToPath(new URL('../', import.meta.url));

/** Files look for others beside themselves, which a bundle would look for in its own folder. */
const ownPlace = {
  name: 'own-place',
  transform: (code, id) =>
    code.includes('import.meta.')
      ? code
          .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
          .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      : null,
};

/** @param {string} file relative to the repository */
export async function importTypeScript(file) {
  const bundle = await rolldown({
    input: resolve(root, file),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
    plugins: [ownPlace],
  });
  // A name that comes twice would be the same module.
  imported += 1;
  const out = resolve(root, `out/imported-${process.pid}-${imported}.mjs`);
  mkdirSync(dirname(out), { recursive: true });
  try {
    await bundle.write({ file: out, format: 'esm', codeSplitting: false });
    return await import(pathToFileURL(out).href);
  } finally {
    await bundle.close();
    rmSync(out, { force: true });
  }
}
