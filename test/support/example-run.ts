import type { CellRecord } from '../../src/model/record.js';
import type { Sample, TreeSample } from '../../src/model/resources.js';
import type { Run } from '../../src/model/run.js';
import type { FlameEntry } from '../../src/report/profiles/flame-entry.js';
import { hostSampleOf } from './host-samples.js';
import { type CellFacts, gateOf, recordOf, runOf } from './record-builder.js';

const VUS = [50, 150, 300, 500, 1000];

/** A system of our own making: no figure here was measured by anybody. */
interface Imagined {
  facts: Omit<CellFacts, 'vus'>;
  /** Requests a second at which it saturates. */
  ceilingPerSec: number;
  overheadUs: number;
  cpuUsPerRequest: number;
  rssMiB: number;
  cell?: (vus: number) => Partial<CellFacts>;
}

const IMAGINED: Imagined[] = [
  {
    facts: { gateway: 'direct', title: 'Direct (no gateway)', colour: '#444444' },
    ceilingPerSec: 30_000,
    overheadUs: 300,
    cpuUsPerRequest: 0,
    rssMiB: 0,
  },
  {
    facts: { gateway: 'ferro', title: 'Ferro Labs AI Gateway', colour: '#d62728' },
    ceilingPerSec: 14_000,
    overheadUs: 1_300,
    cpuUsPerRequest: 190,
    rssMiB: 30,
  },
  {
    facts: {
      gateway: 'kong',
      title: 'Kong OSS (plain proxy)',
      version: null,
      colour: '#1f77b4',
      outcome: {
        kind: 'skipped',
        reason: 'kong 3.9.1 is not installed and its apt repository is not reachable',
        hint: 'Run "gatebench setup kong" where packages.konghq.com can be reached',
      },
    },
    ceilingPerSec: 0,
    overheadUs: 0,
    cpuUsPerRequest: 0,
    rssMiB: 0,
  },
  {
    facts: { gateway: 'bifrost', title: 'Bifrost', version: 'v1.4.12', colour: '#2ca02c' },
    ceilingPerSec: 9_000,
    overheadUs: 1_500,
    cpuUsPerRequest: 260,
    rssMiB: 90,
    cell: (vus) =>
      vus === 300
        ? {
            outcome: {
              kind: 'crashed',
              exitCode: 2,
              signal: null,
              phase: 'window',
              atS: 12.34,
              reason: 'its process ended under load',
              logTail: ['goroutine 1 [running]:', '\u001b[31mfatal error: concurrent map writes | 0x_1\u001b[0m', ''],
            },
          }
        : vus === 1000
          ? {
              outcome: {
                kind: 'failed',
                stage: 'ready',
                error: 'GET /health did not answer 200 within 60 s',
                hint: 'Read gateway.log in the cell folder',
                logTail: ['listen tcp 127.0.0.1:8082: bind: address already in use'],
              },
            }
          : {},
  },
  {
    facts: {
      gateway: 'litellm',
      title: 'LiteLLM proxy',
      version: '1.82.6',
      colour: '#9467bd',
      notes: ['One worker process, which is its default.'],
    },
    ceilingPerSec: 180,
    overheadUs: 9_000,
    cpuUsPerRequest: 5_500,
    rssMiB: 330,
    cell: (vus) =>
      vus === 500
        ? {
            outcome: { kind: 'invalid', reasons: ["Little's law: off by 7.1 % (bounds 2 % and 5 %)"] },
            gates: [gateOf('invalid', 'off by 7.1 % (bounds 2 % and 5 %)')],
          }
        : {},
  },
  {
    facts: { gateway: 'portkey', title: 'Portkey', version: '1.15.2', colour: '#ff7f0e' },
    ceilingPerSec: 890,
    overheadUs: 2_600,
    cpuUsPerRequest: 1_100,
    rssMiB: 210,
    cell: (vus) =>
      vus >= 300
        ? {
            failed: { timeout: Math.round(vus / 3) - 10, http_5xx: 10 },
            statusCodes: { '502': 10 },
            gates: [gateOf('warn', 'off by 3 % (bounds 2 % and 5 %)')],
          }
        : {},
  },
];

/** Six gateways at five VU levels, with every kind of outcome. */
export function exampleRun(): {
  run: Run;
  records: CellRecord[];
  samplesByCell: Map<string, Sample[]>;
  flames: FlameEntry[];
} {
  const cells = IMAGINED.flatMap((imagined) => VUS.map((vus) => ({ imagined, vus, record: recordAt(imagined, vus) })));
  return {
    run: runOf(cells.map(({ record }) => record)),
    records: cells.map(({ record }) => record),
    flames: [],
    samplesByCell: new Map(
      cells
        .filter(({ record }) => record.resources.gateway !== null)
        .map(({ imagined, vus, record }) => [record.cell.id, samplesOf(imagined, vus, record)]),
    ),
  };
}

function recordAt(
  { facts, ceilingPerSec, overheadUs, cpuUsPerRequest, rssMiB, cell }: Imagined,
  vus: number,
): CellRecord {
  const unloadedUs = 60_000 + overheadUs;
  const ratePerSec = ceilingPerSec === 0 ? 0 : Math.min(vus / (unloadedUs / 1e6), ceilingPerSec);
  const p50Us = ceilingPerSec === 0 ? unloadedUs : Math.round((vus / ratePerSec) * 1e6);
  const rssBytes = Math.round((rssMiB + vus * 0.1) * 2 ** 20);
  return recordOf({
    vus,
    ratePerSec,
    p50Us,
    p99Us: Math.round(p50Us * (1.04 + vus / 2000)),
    tree: {
      cpuPercentMean: (ratePerSec * cpuUsPerRequest) / 1e4,
      cpuUsPerRequest,
      rssBytesMax: rssBytes,
      pssBytesMax: Math.round(rssBytes * 0.95),
    },
    ...facts,
    ...cell?.(vus),
  });
}

/** One a second: idle, warm-up, window and after, up to a crash where there is one. */
function samplesOf(imagined: Imagined, vus: number, record: CellRecord): Sample[] {
  const endS = record.outcome.kind === 'crashed' ? record.outcome.atS : 65;
  const samples: Sample[] = [];
  for (let atS = -18; atS <= endS; atS++) {
    const phase = atS < -15 ? 'idle' : atS < 0 ? 'warmup' : atS < 60 ? 'window' : 'recovery';
    const loaded = phase === 'warmup' || phase === 'window';
    const wave = 1 + 0.05 * Math.sin(atS * 1.7 + vus);
    const cpuPercent = loaded ? (record.resources.gateway?.cpuPercentMean ?? 0) * wave : 0.5;
    const grown = loaded || phase === 'recovery' ? Math.min(1, (atS + 18) / 30) : 0;
    const gateway: TreeSample = {
      cpuPercent: atS === 20 ? null : cpuPercent,
      cpuTimeUs: 1e6,
      rssBytes: (imagined.rssMiB + grown * vus * 0.1) * 2 ** 20,
      pssBytes: null,
      threads: 10,
      descriptors: 100,
      processes: 1,
      processesEnded: 0,
    };
    samples.push({
      atS,
      phase,
      gateway,
      mock: null,
      engine: null,
      services: null,
      host: hostSampleOf({ cpuPercent: 50, stealPercent: 0, load1: 2 }),
    });
  }
  return samples;
}
