import type { CleanupStack } from '../lib/cleanup-stack.js';
import type { MockReport, UpstreamServed } from '../model/record.js';
import { needsFullContract } from '../plan/request-needs.js';
import { upstreamOverTls } from '../plan/tls.js';
import type { MockStart, MockStats, RunningMock } from '../upstream/upstream-driver.js';
import { type CellDependencies, type CellInput, certificateOf } from './cell-context.js';
import { WRONG_KEY } from './client-keys.js';

/** Readings of a cell's upstreams at one moment; null where one doesn't answer. */
export interface UpstreamReadings {
  first: MockStats | null;
  second: MockStats | null;
}

/** The upstreams of a cell: one mock, or two in a scenario with a second one. */
export class CellUpstreams {
  /** Resolves when one of them ends, which it must not before it is told to. */
  readonly exited: Promise<unknown>;

  private constructor(
    private readonly scenario: CellInput['scenario'],
    private readonly first: RunningMock,
    private readonly second: RunningMock | null,
  ) {
    this.exited = Promise.race([first.exited, ...(second === null ? [] : [second.exited])]);
  }

  /** Start them; `cleanups` stops them. The second one has the port behind the first one's. @throws ExpectedError */
  static async start(input: CellInput, deps: CellDependencies, cleanups: CleanupStack): Promise<CellUpstreams> {
    const { scenario, gateway, folder, signal } = input;
    const { upstream, request } = scenario;
    const { port, seed, processes, realtime } = deps.mock;
    const certificate = certificateOf(input, deps);
    const start = async (own: Pick<MockStart, 'port' | 'latency' | 'faults' | 'seed' | 'logFile'>) => {
      const mock = await deps.mockDriver.start(
        {
          ...own,
          // Without a gateway, the load reaches the mock directly.
          ...(gateway.kind === 'direct' && deps.listen !== undefined ? { listen: deps.listen } : {}),
          ...(deps.mock.listen === undefined ? {} : { listen: deps.mock.listen }),
          streamChunkDelayMs: upstream.streamChunkDelayMs,
          ...(certificate && upstreamOverTls(gateway, scenario) ? { certificate } : {}),
          ...(needsFullContract(scenario) ? { full: { outputTokens: upstream.outputTokens } } : {}),
          models: gateway.upstream.models,
          refuseKey: request.keys === 'invalid' ? WRONG_KEY : undefined,
          processes,
          realtime,
        },
        signal,
      );
      cleanups.add(() => mock.stop());
      return mock;
    };
    const { latency, faults, second } = upstream;
    const first = await start({ port, latency, faults, seed, logFile: folder.mockLog });
    if (second === undefined) return new CellUpstreams(scenario, first, null);
    const own = { port: port + 1, seed: seed + 1, logFile: folder.secondMockLog };
    return new CellUpstreams(scenario, first, await start({ ...second, ...own }));
  }

  /** They aren't ours: their responses may have any text. */
  get external(): true | undefined {
    return this.first.external;
  }

  get origin(): string {
    return this.first.origin;
  }

  /** Of the second one; absent without one. */
  get secondOrigin(): string | undefined {
    return this.second?.origin;
  }

  pids = (): number[] => [...this.first.pids(), ...(this.second?.pids() ?? [])];

  /** In which dialects the first one was asked. */
  asked(): ReturnType<RunningMock['asked']> {
    return this.first.asked();
  }

  async resetStats(): Promise<void> {
    await Promise.all([this.first.resetStats(), this.second?.resetStats()]);
  }

  async readings(): Promise<UpstreamReadings> {
    const [first, second] = await Promise.all([this.first.stats(), this.second?.stats() ?? null]);
    return { first, second };
  }

  async logTail(): Promise<string[]> {
    return [...(await this.first.logTail()), ...((await this.second?.logTail()) ?? [])];
  }

  /** What a record says of them; null of one that isn't ours. @param before read before the load; `after` it */
  report(before: UpstreamReadings, after: UpstreamReadings): MockReport | null {
    if (this.external) return null;
    const { upstream } = this.scenario;
    const { host, processes } = this.first;
    const stats = [after.first, after.second].filter((each) => each !== null);
    const utilisations = stats.flatMap(({ eventLoopUtilisation }) => eventLoopUtilisation ?? []);
    const withFaults = upstream.faults !== undefined || upstream.second?.faults !== undefined;
    return {
      ...(host === null ? {} : { host }),
      latency: upstream.latency,
      processes,
      requests: after.first?.requests ?? null,
      // The one that was later: it is the reason where the load was disturbed.
      latenessUs: stats.flatMap(({ latenessUs }) => latenessUs ?? []).sort((a, b) => b.p99 - a.p99)[0] ?? null,
      eventLoopUtilisation: utilisations.length === 0 ? null : Math.max(...utilisations),
      ...(withFaults ? { faults: faultsBetween(before, after) } : {}),
      ...(upstream.second === undefined
        ? {}
        : { second: { latency: upstream.second.latency, requests: after.second?.requests ?? null } }),
      wholeLoad: this.#servedBetween(before, after),
    };
  }

  /** By both together; null where a reading is missing. */
  #servedBetween(before: UpstreamReadings, after: UpstreamReadings): UpstreamServed | null {
    const first = servedBetween(before.first, after.first);
    if (this.second === null || first === null) return first;
    const second = servedBetween(before.second, after.second);
    if (second === null) return null;
    return { requests: first.requests + second.requests, completions: first.completions + second.completions };
  }
}

/** What an upstream was asked and sent between two readings; null where either is missing. */
function servedBetween(before: MockStats | null, after: MockStats | null): UpstreamServed | null {
  if (before === null || after === null) return null;
  return {
    requests: after.sinceStart.requests - before.sinceStart.requests,
    completions: after.sinceStart.completions - before.sinceStart.completions,
  };
}

function faultsBetween(before: UpstreamReadings, after: UpstreamReadings): Record<string, number> {
  const sums: Record<string, number> = {};
  const add = (faults: Record<string, number> | undefined, sign: 1 | -1) => {
    for (const [kind, count] of Object.entries(faults ?? {})) sums[kind] = (sums[kind] ?? 0) + sign * count;
  };
  for (const each of ['first', 'second'] as const) {
    add(after[each]?.faults, 1);
    add(before[each]?.faults, -1);
  }
  return sums;
}
