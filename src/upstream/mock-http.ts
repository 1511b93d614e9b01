import { z } from 'zod';
import { httpRequest } from '../lib/http.js';
import type { Dialect } from '../model/request.js';
import type { MockStart, MockStats } from './upstream-driver.js';

/** The part of `GET /__stats` that a record keeps. */
const StatsAnswer = z.object({
  requests: z.number(),
  latenessUs: z.object({ count: z.number(), p50: z.number(), p99: z.number(), max: z.number() }),
  eventLoopUtilisation: z.object({ busiest: z.number() }),
  sinceStart: z.object({ requests: z.number(), completions: z.number() }),
  faults: z.record(z.string(), z.number()).default({}),
});

/** Where a mock is asked. */
export interface MockAddress {
  /** `http://127.0.0.1:9000` */
  origin: string;
  /** Of a mock over TLS. */
  ca?: string | undefined;
}

/** Whether a mock, or something like it, answers there. */
export async function mockAnswers({ origin, ca }: MockAddress): Promise<boolean> {
  try {
    return (await httpRequest(`${origin}/health`, { timeoutMs: 1_000, ca })).status === 200;
  } catch {
    return false;
  }
}

/** What the mock says of itself since the last reset; null where it can't be read. */
export async function readMockStats({ origin, ca }: MockAddress): Promise<MockStats | null> {
  try {
    const answer = await httpRequest(`${origin}/__stats`, { timeoutMs: 5_000, ca });
    const { requests, latenessUs, eventLoopUtilisation, sinceStart, faults } = StatsAnswer.parse(
      JSON.parse(answer.body),
    );
    return {
      requests,
      latenessUs: latenessUs.count > 0 ? { p50: latenessUs.p50, p99: latenessUs.p99, max: latenessUs.max } : null,
      eventLoopUtilisation: eventLoopUtilisation.busiest,
      sinceStart,
      faults,
    };
  } catch {
    // No reading is not a reading of 0: the gate then says that it doesn't know.
    return null;
  }
}

/** Names of endpoints in the mock's metrics. */
const ENDPOINTS = new Map<string, Dialect>([
  ['chat', 'openai-chat'],
  ['messages', 'anthropic-messages'],
  ['responses', 'openai-responses'],
]);

/** Requests by dialect since the mock's start; null where its metrics can't be read. */
export async function readAsked({ origin, ca }: MockAddress): Promise<ReadonlyMap<Dialect, number> | null> {
  let text: string;
  try {
    text = (await httpRequest(`${origin}/metrics`, { timeoutMs: 5_000, ca })).body;
  } catch {
    return null;
  }
  const asked = new Map<Dialect, number>();
  for (const [, endpoint = '', count] of text.matchAll(
    /^gatebench_mock_requests_total\{endpoint="(\w+)",[^}]*\} (\d+)$/gm,
  )) {
    const dialect = ENDPOINTS.get(endpoint);
    if (dialect !== undefined) asked.set(dialect, (asked.get(dialect) ?? 0) + Number(count));
  }
  return asked;
}

export async function resetMockStats({ origin, ca }: MockAddress): Promise<void> {
  await httpRequest(`${origin}/__stats/reset`, { method: 'POST', timeoutMs: 2_000, ca });
}

/** The mock's flags, but for those that depend on where it runs. */
export function mockFlags(start: MockStart): string[] {
  const { full } = start;
  return [
    ...(full === undefined ? [] : ['--contract=full']),
    ...(full?.outputTokens === undefined ? [] : [`--output-tokens=${full.outputTokens}`]),
    `--port=${start.port}`,
    `--latency=${start.latency}`,
    `--stream-chunk-delay-ms=${start.streamChunkDelayMs}`,
    ...(start.models === undefined ? [] : [`--models=${start.models.join(',')}`]),
    `--processes=${start.processes}`,
    `--seed=${start.seed}`,
    ...(start.faults ?? []).map((fault) => `--fault=${fault}`),
    ...(start.faults === undefined ? [] : ['--faults-from-reset']),
    ...(start.refuseKey === undefined ? [] : [`--refuse-key=${start.refuseKey}`]),
  ];
}
