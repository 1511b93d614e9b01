import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { compiledProgram } from '../../../src/lib/paths.js';

type AlarmModule = typeof import('../../../common/timer/timer.js');

/** The compiled one: its thread runs from a file of its own. */
const { startTimerThread } = (await import(pathToFileURL(compiledProgram('common/timer/timer')).href)) as AlarmModule;

/** So much earlier than asked for may it ring; what releases things looks at the clock itself. */
const EARLY_MS = 0.2;

test('rings for each setting, near or far, one after the other', async () => {
  let ring = (): void => {};
  const alarm = startTimerThread(() => ring());
  for (let i = 0; i < 400; i++) {
    const atMs = performance.now() + ([0, 0.02, 0.1, 0.3, 1, 5][i % 6] ?? 0);
    // A lost wake-up would let this wait for good.
    await new Promise<void>((resolve) => {
      ring = () => {
        if (performance.now() >= atMs - EARLY_MS) resolve();
        else alarm.setFor(atMs);
      };
      alarm.setFor(atMs);
    });
    expect(performance.now()).toBeGreaterThanOrEqual(atMs - EARLY_MS);
  }
});

test('an earlier setting takes the place of a later one, also of one for which it sleeps already', async () => {
  let rings = 0;
  const alarm = startTimerThread(() => {
    rings++;
  });
  for (let i = 0; i < 50; i++) {
    rings = 0;
    alarm.setFor(performance.now() + 3_600_000);
    await new Promise((resolve) => setTimeout(resolve, i % 3));
    alarm.setFor(performance.now() + 2);
    while (rings === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

test('a later setting takes the place of an earlier one', async () => {
  const ringsMs: number[] = [];
  const alarm = startTimerThread(() => ringsMs.push(performance.now()));
  const atMs = performance.now() + 60;
  alarm.setFor(atMs - 40);
  alarm.setFor(atMs);
  while (ringsMs.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(ringsMs[0]).toBeGreaterThanOrEqual(atMs - EARLY_MS);
});
