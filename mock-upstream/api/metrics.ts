/** Upper bounds of a request's duration, in seconds. */
const BOUNDS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts of one process, as sent to the others. */
export interface MetricsPart {
  /** By `endpoint outcome`. */
  requests: Record<string, number>;
  durations: Record<string, { buckets: number[]; sumS: number; count: number }>;
  faults: Record<string, number>;
  promptTokens: number;
  completionTokens: number;
  active: number;
  queued: number;
}

/** What is counted for Prometheus. */
export class Metrics {
  readonly #requests: Record<string, number> = {};
  readonly #durations: MetricsPart['durations'] = {};
  readonly #faults: Record<string, number> = {};
  #promptTokens = 0;
  #completionTokens = 0;

  /** @param outcome a status, or `client_gone` */
  countRequest(endpoint: string, outcome: string, durationMs: number): void {
    const key = `${endpoint} ${outcome}`;
    this.#requests[key] = (this.#requests[key] ?? 0) + 1;
    const duration = this.#durations[endpoint] ?? { buckets: BOUNDS_S.map(() => 0), sumS: 0, count: 0 };
    this.#durations[endpoint] = duration;
    const seconds = durationMs / 1000;
    const bucket = BOUNDS_S.findIndex((bound) => seconds <= bound);
    if (bucket !== -1) duration.buckets[bucket] = (duration.buckets[bucket] ?? 0) + 1;
    duration.sumS += seconds;
    duration.count++;
  }

  countFault(kind: string): void {
    this.#faults[kind] = (this.#faults[kind] ?? 0) + 1;
  }

  countTokens(prompt: number, completion: number): void {
    this.#promptTokens += prompt;
    this.#completionTokens += completion;
  }

  /** @param now requests that are worked on, and that wait */
  part(now: { active: number; queued: number }): MetricsPart {
    return {
      requests: this.#requests,
      durations: this.#durations,
      faults: this.#faults,
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
      ...now,
    };
  }
}

/** The counts of all processes, as Prometheus reads them (text format 0.0.4). */
export function renderMetrics(parts: readonly MetricsPart[]): string {
  const sum = (pick: (part: MetricsPart) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  const requests = summed(parts.map((part) => part.requests));
  const faults = summed(parts.map((part) => part.faults));
  return [
    ...family('gatebench_mock_requests_total', 'counter', 'Requests answered, or left by their client.'),
    ...Object.entries(requests).map(([key, count]) => {
      const [endpoint = '', outcome = ''] = key.split(' ');
      return `gatebench_mock_requests_total{endpoint="${endpoint}",outcome="${outcome}"} ${count}`;
    }),
    ...family(
      'gatebench_mock_request_duration_seconds',
      'histogram',
      'From the last byte of a request to that of its answer.',
    ),
    ...durationLines(parts),
    ...family('gatebench_mock_faults_total', 'counter', 'Faults injected.'),
    ...Object.entries(faults).map(([kind, count]) => `gatebench_mock_faults_total{fault="${kind}"} ${count}`),
    ...family('gatebench_mock_tokens_total', 'counter', 'Tokens of requests and of answers.'),
    `gatebench_mock_tokens_total{type="prompt"} ${sum((part) => part.promptTokens)}`,
    `gatebench_mock_tokens_total{type="completion"} ${sum((part) => part.completionTokens)}`,
    ...family('gatebench_mock_active_requests', 'gauge', 'Requests being worked on.'),
    `gatebench_mock_active_requests ${sum((part) => part.active)}`,
    ...family('gatebench_mock_queued_requests', 'gauge', 'Requests that wait for their turn.'),
    `gatebench_mock_queued_requests ${sum((part) => part.queued)}`,
    '',
  ].join('\n');
}

function family(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function durationLines(parts: readonly MetricsPart[]): string[] {
  const endpoints = new Set(parts.flatMap((part) => Object.keys(part.durations)));
  return [...endpoints].flatMap((endpoint) => {
    const all = parts.flatMap((part) => part.durations[endpoint] ?? []);
    const count = all.reduce((sum, one) => sum + one.count, 0);
    const sumS = all.reduce((sum, one) => sum + one.sumS, 0);
    const name = 'gatebench_mock_request_duration_seconds';
    let upTo = 0;
    const buckets = BOUNDS_S.map((bound, index) => {
      upTo += all.reduce((sum, one) => sum + (one.buckets[index] ?? 0), 0);
      return `${name}_bucket{endpoint="${endpoint}",le="${bound}"} ${upTo}`;
    });
    return [
      ...buckets,
      `${name}_bucket{endpoint="${endpoint}",le="+Inf"} ${count}`,
      `${name}_sum{endpoint="${endpoint}"} ${sumS}`,
      `${name}_count{endpoint="${endpoint}"} ${count}`,
    ];
  });
}

export function summed(records: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const record of records) for (const [key, count] of Object.entries(record)) sums[key] = (sums[key] ?? 0) + count;
  return sums;
}
