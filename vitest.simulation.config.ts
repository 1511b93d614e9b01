import { defineConfig } from 'vitest/config';

/** `npm run simulate`: writes docs/coverage.md. Each of its tables takes seconds, so that they are not among the tests. */
export default defineConfig({
  test: {
    include: ['test/simulation/*.simulation.ts'],
    testTimeout: 1_800_000,
    maxWorkers: 1,
  },
});
