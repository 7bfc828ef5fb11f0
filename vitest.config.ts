import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Labs and built copies have tests of their own: only ours run here. None writes into the user's cache folder.
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, env: { LONGMIX_CACHE: '' } },
});
