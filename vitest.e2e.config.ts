import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    // One gateway at a time: they share ports and cores.
    maxWorkers: 1,
    // As for the integration tests: scripts/count-tests.mjs names what needed it.
    retry: process.env.CI ? 1 : 0,
    fileParallelism: false,
    reporters: process.env.CI ? ['default', 'json'] : ['default'],
    outputFile: { json: 'coverage/e2e-results.json' },
  },
});
