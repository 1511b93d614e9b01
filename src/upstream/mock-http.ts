import { z } from 'zod';
import { httpRequest } from '../lib/http.js';
import type { MockStart, MockStats } from './upstream-driver.js';

/** The part of `GET /__stats` that a record keeps. */
const StatsAnswer = z.object({
  requests: z.number(),
  latenessUs: z.object({ count: z.number(), p50: z.number(), p99: z.number(), max: z.number() }),
  eventLoopUtilisation: z.object({ busiest: z.number() }),
  sinceStart: z.object({ requests: z.number(), completions: z.number() }),
});

/** Whether a mock, or something like it, answers there. @param origin `http://127.0.0.1:9000` */
export async function mockAnswers(origin: string): Promise<boolean> {
  try {
    return (await httpRequest(`${origin}/health`, { timeoutMs: 1_000 })).status === 200;
  } catch {
    return false;
  }
}

/** What the mock says of itself since the last reset; null where it can't be read. */
export async function readMockStats(origin: string): Promise<MockStats | null> {
  try {
    const answer = await httpRequest(`${origin}/__stats`, { timeoutMs: 5_000 });
    const { requests, latenessUs, eventLoopUtilisation, sinceStart } = StatsAnswer.parse(JSON.parse(answer.body));
    return {
      requests,
      latenessUs: latenessUs.count > 0 ? { p50: latenessUs.p50, p99: latenessUs.p99, max: latenessUs.max } : null,
      eventLoopUtilisation: eventLoopUtilisation.busiest,
      sinceStart,
    };
  } catch {
    // No reading is not a reading of 0: the gate then says that it doesn't know.
    return null;
  }
}

export async function resetMockStats(origin: string): Promise<void> {
  await httpRequest(`${origin}/__stats/reset`, { method: 'POST', timeoutMs: 2_000 });
}

/** The mock's flags, but for those that depend on where it runs. */
export function mockFlags(start: MockStart): string[] {
  return [
    `--port=${start.port}`,
    `--latency=${start.latency}`,
    `--stream-chunk-delay-ms=${start.streamChunkDelayMs}`,
    ...(start.models === undefined ? [] : [`--models=${start.models.join(',')}`]),
    `--processes=${start.processes}`,
    `--seed=${start.seed}`,
  ];
}
