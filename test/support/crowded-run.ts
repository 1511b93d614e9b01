import type { CellRecord, Outcome } from '../../src/model/record.js';
import type { Sample } from '../../src/model/resources.js';
import type { Run } from '../../src/model/run.js';
import { hostSampleOf } from './host-samples.js';
import { type CellFacts, gateOf, recordOf, runOf } from './record-builder.js';

/** 900 and 1000 are close together on a logarithmic axis. */
const CROWDED_VUS = [50, 100, 150, 300, 500, 750, 900, 1000];
const REPEATS = 3;

interface Imagined extends Pick<CellFacts, 'gateway' | 'variant' | 'title' | 'version' | 'colour' | 'baseline'> {
  ceilingPerSec: number;
  outcomeAt?: (vus: number, repeat: number) => Outcome;
}

const OK: Outcome = { kind: 'ok' };

function invalid(reason: string): Outcome {
  return { kind: 'invalid', reasons: [reason] };
}

function crashed(phase: 'warmup' | 'window' | 'recovery', atS: number): Outcome {
  const reason = 'the gateway was killed by SIGKILL (its control group ran out of memory: 512 MiB of 512 MiB)';
  return { kind: 'crashed', exitCode: null, signal: 'SIGKILL', phase, atS, reason, logTail: ['terminated'] };
}

const SKIPPED: Outcome = {
  kind: 'skipped',
  reason: 'kong 3.9.1 is not installed and its apt repository is not reachable',
};

const FAILED: Outcome = {
  kind: 'failed',
  stage: 'ready',
  error: 'GET http://127.0.0.1:8089/health did not return 200 within 60 s, the last answer was 503 Service Unavailable',
  logTail: [],
};

/** No figure here was measured by anybody. Seven colours are those of the manifests, the others collide with them. */
const IMAGINED: Imagined[] = [
  { gateway: 'direct', title: 'Direct (no gateway)', colour: '#4d525a', ceilingPerSec: 30_000 },
  {
    gateway: 'nginx',
    title: 'nginx (plain proxy)',
    colour: '#00827f',
    baseline: true,
    ceilingPerSec: 25_000,
    outcomeAt: (vus) =>
      vus >= 900 ? invalid(`mock upstream: answers were late by ${vus / 100} ms at p99 (bounds 1 ms and 5 ms)`) : OK,
  },
  { gateway: 'ferro', title: 'Ferro Labs AI Gateway', colour: '#e97000', ceilingPerSec: 14_000 },
  {
    gateway: 'ferro',
    variant: '1.4.4',
    title: 'Ferro Labs AI Gateway 1.4.4',
    colour: '#e97000',
    ceilingPerSec: 13_000,
    outcomeAt: (vus, repeat) => (vus === 500 && repeat === 2 ? crashed('window', 7.25) : OK),
  },
  {
    gateway: 'bifrost',
    title: 'Bifrost',
    version: 'v1.4.12',
    colour: '#8a35d0',
    ceilingPerSec: 9_000,
    outcomeAt: (vus, repeat) => (vus >= 300 ? crashed(vus === 300 ? 'window' : 'warmup', 10 + repeat) : OK),
  },
  {
    gateway: 'litellm',
    title: 'LiteLLM proxy, as it comes',
    colour: '#2b8cf0',
    ceilingPerSec: 180,
    outcomeAt: (vus) => (vus === 50 || vus === 900 ? invalid("Little's law: off by 7.1 % (bounds 2 % and 5 %)") : OK),
  },
  {
    gateway: 'litellm',
    variant: 'workers',
    title: 'LiteLLM proxy with one worker process for every core of the machine, and a title that is long',
    colour: '#2b8cf0',
    ceilingPerSec: 700,
    outcomeAt: (vus) => (vus === 1000 ? FAILED : OK),
  },
  {
    gateway: 'portkey',
    title: 'Portkey',
    colour: '#7d6800',
    ceilingPerSec: 1_300,
    outcomeAt: (vus) =>
      vus >= 750
        ? invalid(`machine's own speed: ${vus / 100} % slower than over the rest of the run (bounds 3 % and 8 %)`)
        : OK,
  },
  { gateway: 'kong', title: 'Kong OSS (plain proxy)', colour: '#24570f', ceilingPerSec: 0, outcomeAt: () => SKIPPED },
  {
    gateway: 'crasher',
    title: 'A gateway that never survives',
    colour: '#e97000',
    ceilingPerSec: 500,
    outcomeAt: () => crashed('recovery', 1),
  },
];

/** Ten gateways at eight VU levels with three repeats; crashed, failed, invalid and skipped cells among them. */
export function crowdedRun(): {
  run: Run;
  records: CellRecord[];
  samplesByCell: Map<string, Sample[]>;
  flames: [];
  claims: null;
} {
  const records = IMAGINED.flatMap((imagined) =>
    CROWDED_VUS.flatMap((vus) => Array.from({ length: REPEATS }, (_, index) => recordAt(imagined, vus, index + 1))),
  );
  return {
    run: runOf(records),
    records,
    samplesByCell: new Map(
      records
        .filter(({ resources }) => resources.gateway !== null)
        .map((record) => [record.cell.id, samplesOf(record)]),
    ),
    flames: [],
    claims: null,
  };
}

function recordAt({ ceilingPerSec, outcomeAt, ...facts }: Imagined, vus: number, repeat: number): CellRecord {
  const outcome = outcomeAt?.(vus, repeat) ?? OK;
  // Saturation as a queue shows it: below the ideal line before the ceiling is reached.
  const ideal = vus / 0.0613;
  const ratePerSec = ceilingPerSec === 0 ? 0 : (ideal * ceilingPerSec * (1 + 0.01 * repeat)) / (ideal + ceilingPerSec);
  const p50Us = ratePerSec === 0 ? 61_300 : Math.round((vus / ratePerSec) * 1e6);
  const rssBytes = Math.round((30 + ceilingPerSec / 100 + vus * 0.1) * 2 ** 20);
  return recordOf({
    ...facts,
    vus,
    repeat,
    ratePerSec,
    p50Us,
    p99Us: Math.round(p50Us * (1.04 + vus / 2000)),
    tree: {
      cpuPercentMean: Math.min(800, (ratePerSec * 9e5) / (ceilingPerSec + 1_000) / 10),
      rssBytesMax: rssBytes,
      pssBytesMax: Math.round(rssBytes * 0.95),
    },
    outcome,
    ...(outcome.kind === 'invalid' ? { gates: [gateOf('invalid', outcome.reasons[0])] } : {}),
  });
}

/** One a second: idle, warm-up, window and after, up to a crash where there is one. */
function samplesOf({ cell, outcome, resources }: CellRecord): Sample[] {
  const crashS =
    outcome.kind !== 'crashed' ? 65 : { warmup: -15, window: 0, recovery: 60 }[outcome.phase] + outcome.atS;
  const samples: Sample[] = [];
  for (let atS = -18; atS <= crashS; atS++) {
    const phase = atS < -15 ? 'idle' : atS < 0 ? 'warmup' : atS < 60 ? 'window' : 'recovery';
    const loaded = phase === 'warmup' || phase === 'window';
    const wave = 1 + 0.05 * Math.sin(atS * 1.7 + (cell.vus ?? 0));
    samples.push({
      atS,
      phase,
      gateway: {
        cpuPercent: loaded ? (resources.gateway?.cpuPercentMean ?? 0) * wave : 0.5,
        cpuTimeUs: 1e6,
        rssBytes: (resources.gateway?.rssBytesMax ?? 0) * (0.5 + 0.5 * Math.min(1, (atS + 18) / 30)),
        pssBytes: null,
        threads: 10,
        descriptors: 100,
        processes: 1,
        processesEnded: 0,
      },
      mock: null,
      engine: null,
      services: null,
      host: hostSampleOf({ cpuPercent: 50, stealPercent: 0, load1: 2 }),
    });
  }
  return samples;
}
