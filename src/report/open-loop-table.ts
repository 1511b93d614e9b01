import { isSustained } from '../analysis/open-loop-gates.js';
import type { GatewaySummary, LevelSummary } from '../analysis/summary.js';
import { ABSENT, formatDecimal } from '../lib/format.js';
import { Footnotes } from './footnotes.js';
import { percentileCell } from './latency-cells.js';
import { levelRemarks } from './level-remarks.js';
import { columns, type Section } from './section.js';
import { marked, nameAndVersion, rateCell } from './throughput-table.js';

const HEAD = [
  'Gateway',
  'Planned req/s',
  'RPS',
  'Sustained',
  'p50',
  'p99',
  'p99.9',
  'Raw p50',
  'Raw p99',
  'Sent late p50',
  'Late p99',
  'Unsent',
  'In flight',
];

/** What an open loop has besides, for every gateway and rate; empty for a closed loop. */
export function openLoopSections(summaries: readonly GatewaySummary[]): Section[] {
  const footnotes = new Footnotes();
  const rows = summaries.flatMap((summary) =>
    summary.levels
      .filter(({ shown }) => shown?.arrivals !== undefined)
      .map((level, at) => [
        at === 0 ? nameAndVersion(summary) : '',
        String(level.vus),
        marked(rateCell(level), footnotes.mark(levelRemarks(summary, level))),
        ...figures(level),
      ]),
  );
  if (rows.length === 0) return [];
  return [
    {
      title: 'Open loop',
      lead: [
        'Latency in milliseconds. It counts from the moment when a request was due, however long it waited to be sent (as in wrk2); raw latency counts from its write, and ' +
          'leaves out what waiting would have cost a client. Sent late: from the due moment to the write. Unsent: waited until the time-out, or still when the window ended. ' +
          'In flight: the most requests at once, and how many were allowed. Sustained: at least 99 % as many requests ended as were due.',
      ],
      table: { columns: columns(HEAD, 1), rows },
      notes: footnotes.lines(),
    },
  ];
}

function figures({ shown }: LevelSummary): string[] {
  const { arrivals, latencyUs = null, rawLatencyUs = null, sendDelayUs = null } = shown ?? {};
  if (shown === null || arrivals === undefined) return new Array<string>(HEAD.length - 3).fill(ABSENT);
  const sustained = isSustained(shown);
  return [
    sustained === null ? ABSENT : sustained ? 'yes' : 'no',
    percentileCell(latencyUs, 'p50'),
    percentileCell(latencyUs, 'p99'),
    percentileCell(latencyUs, 'p999'),
    percentileCell(rawLatencyUs, 'p50'),
    percentileCell(rawLatencyUs, 'p99'),
    percentileCell(sendDelayUs, 'p50'),
    percentileCell(sendDelayUs, 'p99'),
    formatDecimal(arrivals.unsent, 0),
    `${arrivals.inFlightMax === null ? ABSENT : formatDecimal(arrivals.inFlightMax, 0)} of ${formatDecimal(arrivals.maxInFlight, 0)}`,
  ];
}
