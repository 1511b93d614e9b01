import { type DelaySource, newDelaySource } from '../../common/delay-source.js';
import { newRandom, newRandom32, type Random } from '../../common/random.js';
import { newCountSource } from '../../common/token-counts.js';
import type { AnswerSource } from '../answers/compose.js';
import type { DelayRecord } from '../delay-record.js';
import { FaultSource } from '../faults/fault-source.js';
import { Admission } from '../limits/admission.js';
import { KeyRing } from '../limits/keys.js';
import { RateLimit } from '../limits/rate-limit.js';
import type { Options } from '../options.js';
import type { ReleaseSchedule } from '../release-schedule.js';
import type { ProcessStats } from '../stats.js';
import { HeapTimerQueue, type TimerQueue } from '../timer-queue.js';
import { Metrics } from './metrics.js';
import type { ApiOptions } from './options.js';

/** What all exchanges of one process share. */
export interface ApiContext {
  api: ApiOptions;
  models: readonly string[];
  createdS: number;
  latency: DelaySource;
  /** null where the latency is the time to the first token. */
  ttft: DelaySource | null;
  gap: DelaySource;
  answers: AnswerSource;
  faults: FaultSource | null;
  keys: KeyRing | null;
  refusedKeys: KeyRing | null;
  rateLimit: RateLimit | null;
  admission: Admission;
  metrics: Metrics;
  schedule: ReleaseSchedule;
  queue: TimerQueue;
  stats: ProcessStats;
  record: DelayRecord | null;
  /** For what requests ask for by their headers: it takes nothing from the numbers of the others. */
  overrideRandom: Random;
}

/** Each kind of draw has numbers of its own: another number of faults doesn't change the token counts. */
const STREAMS = { latency: 0, faults: 1, tokens: 2, ttft: 3, gaps: 4, overrides: 5 };
/** As many as there can be processes. */
const STREAMS_OF_A_KIND = 256;

/** @param index of the process, from 0 */
export function newApiContext(
  options: Options,
  index: number,
  { schedule, stats, record }: Pick<ApiContext, 'schedule' | 'stats' | 'record'>,
): ApiContext {
  const { api, models, seed } = options;
  const random = (kind: keyof typeof STREAMS): Random => newRandom(seed, STREAMS[kind] * STREAMS_OF_A_KIND + index);
  const gap = api.gap ?? { kind: 'constant', delayMs: options.streamChunkDelayMs };
  const context: ApiContext = {
    api,
    models,
    createdS: Math.floor(Date.now() / 1000),
    latency: newDelaySource(options.latency, random('latency')),
    ttft: api.ttft && newDelaySource(api.ttft, random('ttft')),
    gap: newDelaySource(gap, random('gaps')),
    answers: {
      outputTokens: api.outputTokens && newCountSource(api.outputTokens, random('tokens')),
      text: api.text,
      // Two processes, or two runs, don't give the same ids.
      hex: hexSource(newRandom32(Math.floor(Math.random() * 2 ** 32), index)),
      nowS: () => Math.floor(Date.now() / 1000),
    },
    faults: api.faults.length === 0 ? null : new FaultSource(api.faults, random('faults')),
    keys: api.apiKeys && new KeyRing(api.apiKeys),
    refusedKeys: api.refusedKeys && new KeyRing(api.refusedKeys),
    rateLimit:
      api.requestsPerMin === null && api.tokensPerMin === null
        ? null
        : new RateLimit(api.requestsPerMin, api.tokensPerMin),
    admission: new Admission(api.concurrency, api.queue),
    metrics: new Metrics(),
    schedule,
    queue: schedule.watch(new HeapTimerQueue()),
    stats,
    record,
    overrideRandom: random('overrides'),
  };
  const { admission, metrics } = context;
  stats.metrics = () => metrics.part({ active: admission.active, queued: admission.queued });
  return context;
}

function hexSource(next32: () => number): (digits: number) => string {
  return (digits) => {
    let text = '';
    while (text.length < digits) text += next32().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  };
}
