import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { type Project, projectOf, testFiles } from './test/support/projects.ts';

// Labs and built copies have tests of their own: only those of test/ run here.
const files = testFiles().map((file) => ({ file, project: projectOf(file) }));

/** `npm run test:unit` runs one of these, `npx vitest run --project NAME` any. */
function project(name: Project, options: object = { setupFiles: ['test/support/without-dist.ts'] }): object {
  const include = files.filter((one) => one.project === name).map(({ file }) => file);
  return { extends: true, test: { name, include, ...options } };
}

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // None writes into the user's cache folder.
    env: { LONGMIX_CACHE: '' },
    globalSetup: 'test/support/wasm.ts',
    // Vitest leaves a core free: of two that is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [project('unit'), project('pipeline'), project('peers'), project('command', {})],
  },
});
