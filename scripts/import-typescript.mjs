/**
 * Imports a TypeScript file of the tests or of src into a script, which Node 20 can't do itself. The file is bundled,
 * written below out/ (so that packages are found from there), imported and removed.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

let imported = 0;
const root = fileURLToPath(new URL('../', import.meta.url));

/** Keeps each file's own place: files look for others beside themselves, but a bundle would look in its own folder. */
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
  // Use a new name each time: Node would return the old module for a repeated name.
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
