import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { cacheFolder } from './test/support/cache.ts';
import { type Project, projectOf, testFiles } from './test/support/projects.ts';

// Labs and built copies have tests of their own: only those of test/ run here.
const files = testFiles().map((file) => ({ file, project: projectOf(file) }));

// None writes into the user's cache folder, or takes tokens of another test's store.
const plain = { env: { LONGMIX_CACHE: '', LONGMIX_STORE: '' } };
// With `--mode quick`: a quarter of the runs of properties, with the same seed.
const quick = { LONGMIX_FUZZ: '0.25', LONGMIX_FUZZ_SEED: '1' };
const cached = { env: { LONGMIX_CACHE: cacheFolder, LONGMIX_STORE: '' } };
const withoutDist = { setupFiles: ['test/support/without-dist.ts'] };

/** `npm run test:command` runs one of these, `npx vitest run --project NAME` any. */
function project(name: Project, options: object): object {
  const include = files.filter((one) => one.project === name).map(({ file }) => file);
  return { extends: true, test: { name, include, ...options } };
}

export default defineConfig(({ mode }) => ({
  // A trainer imports the package by its name: in tests that is src/, not dist/.
  resolve: {
    alias: [{ find: /^longmix$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) }],
  },
  test: {
    testTimeout: 60_000,
    globalSetup: ['test/support/wasm.ts', 'test/support/cache.ts'],
    // Vitest leaves a core free: of two that is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      // They share their modules, which take longer to load than most of these tests do to run.
      project('unit', {
        isolate: false,
        env: { ...plain.env, ...(mode === 'quick' ? quick : {}) },
        ...withoutDist,
      }),
      project('pipeline', { ...cached, ...withoutDist }),
      project('peers', { ...plain, ...withoutDist }),
      project('command', cached),
    ],
  },
}));
