import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
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
