import { encodeHistogram, newHistogram, percentileUs, recordUs } from '../../common/histogram.js';
import type { Latency } from '../../src/model/load.js';
import type { CellRecord, GateResult, Outcome } from '../../src/model/record.js';
import type { Sample } from '../../src/model/resources.js';
import type { Run } from '../../src/model/run.js';
import { hostSampleOf } from './host-samples.js';
import { recordOf, runOf } from './record-builder.js';
import { seededRandom } from './seeded-random.js';

interface Plan {
  repeats?: number;
  vus?: readonly number[];
  /** Requests behind each histogram. */
  requests?: number;
}

/** Gateways of our own making: no figure here was measured by anybody. */
const GATEWAYS = [
  {
    gateway: 'direct',
    title: 'Direct (no gateway)',
    colour: '#444444',
    ceiling: 40_000,
    addedUs: 0,
    cpuUs: 0,
    rssMiB: 0,
  },
  {
    gateway: 'nginx',
    title: 'nginx (plain proxy)',
    colour: '#7f7f7f',
    ceiling: 18_000,
    addedUs: 250,
    cpuUs: 45,
    rssMiB: 12,
  },
  {
    gateway: 'ferro',
    title: 'Ferro Labs AI Gateway',
    colour: '#d62728',
    ceiling: 9_000,
    addedUs: 900,
    cpuUs: 205,
    rssMiB: 38,
  },
  { gateway: 'bifrost', title: 'Bifrost', colour: '#2ca02c', ceiling: 7_600, addedUs: 1_150, cpuUs: 280, rssMiB: 95 },
  {
    gateway: 'kong',
    title: 'Kong OSS (plain proxy)',
    colour: '#1f77b4',
    ceiling: 8_900,
    addedUs: 700,
    cpuUs: 160,
    rssMiB: 320,
  },
  { gateway: 'portkey', title: 'Portkey', colour: '#ff7f0e', ceiling: 1_250, addedUs: 2_600, cpuUs: 940, rssMiB: 210 },
  {
    gateway: 'litellm',
    title: 'LiteLLM proxy',
    colour: '#9467bd',
    ceiling: 245,
    addedUs: 9_000,
    cpuUs: 4_500,
    rssMiB: 340,
  },
] as const;

const GATES = [
  'steal time',
  'other programs',
  'CPU throttling',
  "Little's law",
  'load engine',
  'mock upstream',
  'upstream requests',
  'local failures',
  'steady rate',
  'drift',
  'steady p99',
  'percentile samples',
];

/** A run as large as the published one: seven gateways at eight VU levels, with histograms, gates and samples of every second. */
export function publishedRun({
  repeats = 1,
  vus = [25, 50, 100, 150, 300, 500, 750, 1000],
  requests = 20_000,
}: Plan = {}): {
  run: Run;
  records: CellRecord[];
  samplesByCell: Map<string, Sample[]>;
} {
  const random = seededRandom(7);
  const records: CellRecord[] = [];
  const samplesByCell = new Map<string, Sample[]>();
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (const imagined of GATEWAYS) {
      for (const level of vus) {
        const record = recordAt(imagined, level, repeat, requests, random);
        records.push(record);
        samplesByCell.set(record.cell.id, samplesOf(record));
      }
    }
  }
  const run = runOf(records);
  run.scenario.load.repeats = repeats;
  return { run, records, samplesByCell };
}

function recordAt(
  { gateway, title, colour, ceiling, addedUs, cpuUs, rssMiB }: (typeof GATEWAYS)[number],
  vus: number,
  repeat: number,
  requests: number,
  random: () => number,
): CellRecord {
  const noise = 1 + 0.01 * (random() - 0.5);
  const unloaded = vus / ((60_300 + addedUs) / 1e6);
  // A soft knee.
  const ratePerSec = (1 / (unloaded ** -4 + ceiling ** -4) ** 0.25) * noise;
  const latencyUs = latencyAround((vus / ratePerSec) * 1e6, requests, random);
  const isInvalid = (gateway === 'direct' && vus >= 1000) || (gateway === 'bifrost' && vus === 300 && repeat === 1);
  const isCrash = gateway === 'bifrost' && vus >= 1000;
  const message = 'responses were late by 7.21 ms at p99 (bounds 1 ms and 5 ms)';
  const outcome: Outcome = isCrash
    ? {
        kind: 'crashed',
        exitCode: 2,
        signal: null,
        phase: 'window',
        atS: 31.4,
        reason: 'its process ended under load',
        logTail: ['fatal error: concurrent map writes'],
      }
    : isInvalid
      ? { kind: 'invalid', reasons: [`mock upstream: ${message}`] }
      : { kind: 'ok' };
  const record = recordOf({
    gateway,
    title,
    colour,
    vus,
    repeat,
    baseline: gateway === 'nginx',
    ratePerSec,
    p50Us: latencyUs.p50,
    outcome,
    gates: GATES.map((gate): GateResult => {
      if (isInvalid && gate === 'mock upstream') return { gate, verdict: 'invalid', value: 7210, message };
      if (gate === 'percentile samples') {
        return { gate, verdict: 'unknown', value: requests, message: `${requests} successes: p99 needs 262,742` };
      }
      if (gate === 'drift' && vus === 750)
        return { gate, verdict: 'warn', value: 0.02, message: 'the rate rose by 2 %' };
      return { gate, verdict: 'pass', value: 0.01, message: 'as it should be' };
    }),
    ...(gateway === 'portkey' && vus >= 750 ? { failed: { timeout: 1_000, reset: 340 } } : {}),
    tree:
      gateway === 'direct'
        ? null
        : {
            cpuPercentMean: (ratePerSec * cpuUs) / 1e4,
            cpuUsPerRequest: cpuUs * noise,
            rssBytesMax: Math.round((rssMiB + vus / 12) * noise * 2 ** 20),
            pssBytesMax: Math.round((rssMiB + vus / 14) * noise * 2 ** 20),
          },
  });
  return { ...record, latencyUs };
}

/** Requests around a mean, with a tail. */
function latencyAround(meanUs: number, requests: number, random: () => number): Latency {
  const histogram = newHistogram();
  for (let at = 0; at < requests; at++) {
    const tail = random() < 0.02 ? 1 + 1.5 * random() ** 3 : 1;
    recordUs(histogram, meanUs * (0.985 + 0.03 * random() + 0.02 * random() ** 8) * tail);
  }
  const at = (q: number) => percentileUs(histogram, q);
  return {
    count: requests,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    min: histogram.minNonZeroValue,
    mean: histogram.mean,
    max: at(1),
    histogram: encodeHistogram(histogram),
  };
}

function samplesOf({ cell, outcome, resources: { gateway } }: CellRecord): Sample[] {
  if (gateway === null) return [];
  const endS = outcome.kind === 'crashed' ? outcome.atS : 65;
  const samples: Sample[] = [];
  for (let atS = -16.7; atS <= endS; atS++) {
    const phase = atS < -15 ? 'idle' : atS < 0 ? 'warmup' : atS < 60 ? 'window' : 'recovery';
    const loaded = phase === 'warmup' || phase === 'window';
    const grown = Math.min(1, (atS + 17) / 40);
    samples.push({
      atS,
      phase,
      gateway: {
        cpuPercent: loaded ? (gateway.cpuPercentMean ?? 0) * (1 + 0.06 * Math.sin(atS * 1.7 + (cell.vus ?? 0))) : 0.4,
        cpuTimeUs: 1e6,
        rssBytes: (gateway.rssBytesMax ?? 0) * (0.7 + 0.3 * grown),
        pssBytes: (gateway.pssBytesMax ?? 0) * (0.7 + 0.3 * grown),
        threads: 10,
        descriptors: 100,
        processes: 1,
        processesEnded: 0,
      },
      mock: null,
      engine: null,
      services: null,
      host: hostSampleOf({ cpuPercent: 50 }),
    });
  }
  return samples;
}
