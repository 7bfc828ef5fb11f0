import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // A trainer imports the package by its name: in tests that is src/, not dist/.
  resolve: {
    alias: [{ find: /^longmix$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) }],
  },
  test: {
    // Labs and built copies have tests of their own: only ours run here.
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // None writes into the user's cache folder.
    env: { LONGMIX_CACHE: '' },
    // Vitest leaves a core free: of two that is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
