import { configDefaults, defineConfig } from 'vitest/config';

/** Tests of values alone: no processes, ports, environment or clocks. */
const UNIT = [
  'test/{analysis,common,model,plan,profiles,report,watch}/**/*.test.ts',
  'test/flamegraph/**/*.test.ts',
  'test/cli/{options,progress}/*.test.ts',
  'test/load/{accounting,answer-check,arrival-schedule,failure-class,merge,recorded-schedule,second-series,value-bytes,worker-report}.test.ts',
  'test/load/native/{prepared-mix,request-bytes,response-parser}.test.ts',
  'test/load/streams/frame-*.test.ts',
];
const BROWSER = 'test/**/*.browser.test.ts';

export default defineConfig({
  test: {
    // What hangs, hangs for good: a slow machine has its time, also to install packages.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        // They share nothing that can be changed, so each worker loads every module once.
        test: {
          name: 'unit',
          include: UNIT,
          exclude: [...configDefaults.exclude, BROWSER],
          pool: 'threads',
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            'test/e2e/**',
            ...UNIT.map((glob) => glob.replace('*.test.ts', '!(*.browser).test.ts')),
          ],
          pool: 'forks',
          // A stall of a busy machine must not fail a run of half an hour: scripts/count-tests.mjs names who needed it.
          retry: process.env.CI ? 1 : 0,
        },
      },
    ],
    // One more than the cores of a small machine: many tests wait for processes and timers.
    maxWorkers: 3,
    reporters: process.env.CI ? ['default', 'json'] : ['default'],
    outputFile: { json: 'coverage/test-results.json' },
  },
});
