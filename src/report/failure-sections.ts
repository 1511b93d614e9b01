import type { DerivedCell } from '../analysis/derive-run.js';
import { failuresOf } from '../analysis/failures.js';
import { type FaultEffects, faultEffects, type Recovery } from '../analysis/fault-effects.js';
import type { GatewaySummary } from '../analysis/summary.js';
import { THRESHOLDS } from '../analysis/thresholds.js';
import {
  ABSENT,
  formatCount,
  formatDecimal,
  formatRate,
  formatShare,
  tabulateMilliseconds,
  tabulateShare,
} from '../lib/format.js';
import type { Scenario } from '../model/scenario.js';
import { overheadCell } from './latency-cells.js';
import { columns, type Section } from './section.js';
import { nameAndVersion } from './throughput-table.js';

interface Row {
  name: string;
  vus: string;
  cell: DerivedCell;
}

/** What became of requests in a scenario whose upstream fails, or whose requests have wrong keys; empty for others. */
export function failureSections(summaries: readonly GatewaySummary[], scenario: Scenario): Section[] {
  const rows = summaries.flatMap((summary) =>
    summary.levels.flatMap(({ vus, shown }) =>
      shown === null || shown.requests === null
        ? []
        : [{ name: nameAndVersion(summary), vus: String(vus), cell: shown }],
    ),
  );
  if (rows.length === 0) return [];
  const failing = rows.flatMap((row) => {
    const effects = faultEffects(row.cell, scenario);
    return effects === null ? [] : [{ ...row, effects }];
  });
  const recovering = failing.filter(({ effects }) => effects.recoveries.length > 0);
  return [
    ...(failing.length === 0 ? [] : [clientsSection(failing, scenario)]),
    ...(recovering.length === 0 ? [] : [recoverySection(recovering, scenario)]),
    ...(scenario.request.keys === undefined ? [] : [keysSection(rows, scenario.request.keys)]),
  ];
}

function clientsSection(rows: readonly (Row & { effects: FaultEffects })[], { upstream }: Scenario): Section {
  const titles = [
    'VUs',
    'Injected',
    'Failed',
    'Upstream requests each',
    'p50',
    'p99',
    '+p50',
    '+p99',
    'p50 of failures',
  ];
  return {
    title: 'Failures that clients saw',
    lead: [
      `The upstream fails by design: ${faultsText(upstream)}. Shares are of the window. Injected: of what the upstream was asked. Failed: of what the client asked, by class. ` +
        'Upstream requests each: for one of the client’s; over 1, the gateway tried again.',
      'Latency in milliseconds, of successful requests; +p50 and +p99 against the direct run, whose upstream fails alike. After a failure a VU waits (100 ms, doubled up to 1 s), so rates here say little of speed.',
    ],
    table: {
      columns: [...columns(['Gateway', ...titles], 1), { title: 'Failures by class', align: 'left' }],
      rows: rows.map(({ name, vus, cell, effects }) => {
        const failures = cell.requests === null ? null : failuresOf(cell.requests);
        return [
          name,
          vus,
          tabulateShare(effects.injectedShare),
          tabulateShare(failures?.share ?? null),
          ratio(effects.upstreamPerRequest),
          tabulateMilliseconds(cell.latencyUs?.p50 ?? null),
          tabulateMilliseconds(cell.latencyUs?.p99 ?? null),
          overheadCell(cell.overheadUs?.p50 ?? null),
          overheadCell(cell.overheadUs?.p99 ?? null),
          tabulateMilliseconds(cell.failedLatencyUs?.p50 ?? null),
          [failures?.breakdown ?? '', retryAfter(cell)].filter((part) => part !== '').join('; ') || ABSENT,
        ];
      }),
    },
    notes: [],
  };
}

/** `Retry-After handed on 120 times`. */
function retryAfter({ requests }: DerivedCell): string {
  const responses = requests?.retryAfter?.responses ?? 0;
  return responses === 0 ? '' : `${formatCount(responses)} with Retry-After`;
}

function recoverySection(rows: readonly (Row & { effects: FaultEffects })[], { upstream }: Scenario): Section {
  const { failedShare, rateShare } = THRESHOLDS.goodSecond;
  const withSecond = upstream.second !== undefined;
  const titles = ['VUs', 'Fault', 'Lost', 'Good again (s)', 'Good after its end (s)', 'p50 before', 'p50 meanwhile'];
  return {
    title: 'Recovery from failures',
    lead: [
      'Lost: requests of the client that failed from the fault’s begin on. Good again: seconds from its begin until the last bad second was over, 0 if there was none; ' +
        `“never” if the last second before its end was bad. A second is bad with more than ${formatShare(failedShare)} failures, or with fewer than ${formatShare(rateShare)} of the good answers of a usual second before.`,
      'p50 in milliseconds: the median of the seconds’ p50.' +
        (upstream.second === undefined
          ? ''
          : ` The second upstream answers after ${upstream.second.latency}, the first after ${upstream.latency}; its share is of what both were asked in the window.`),
    ],
    table: {
      columns: columns(['Gateway', ...titles, 'Worst p99', ...(withSecond ? ['Second upstream'] : [])], 1),
      rows: rows.flatMap(({ name, vus, effects }) =>
        effects.recoveries.map((recovery) => [
          name,
          vus,
          ...recoveryCells(recovery),
          ...(withSecond ? [tabulateShare(effects.secondShare)] : []),
        ]),
      ),
    },
    notes: [],
  };
}

function recoveryCells(recovery: Recovery): string[] {
  return [
    recovery.fault,
    formatCount(recovery.lost),
    recovery.goodAgainS === null ? 'never' : formatDecimal(recovery.goodAgainS, 0),
    recovery.untilS === null
      ? ABSENT
      : recovery.goodAfterEndS === null
        ? 'never'
        : formatDecimal(recovery.goodAfterEndS, 0),
    tabulateMilliseconds(recovery.p50BeforeUs),
    tabulateMilliseconds(recovery.p50MeanwhileUs),
    tabulateMilliseconds(recovery.worstP99Us),
  ];
}

function keysSection(rows: readonly Row[], keys: string): Section {
  const wrong = keys === 'invalid';
  const titles = ['VUs', 'RPS', 'p50', 'p99', '+p50', 'CPU µs/req', ...(wrong ? ['Refused by'] : [])];
  return {
    title: 'Keys',
    lead: [
      wrong
        ? 'Every request has a wrong key, and its refusal is the right answer. The upstream refuses that key too, at once, where a gateway hands it on. Latency of the refusals in milliseconds.'
        : `Keys of the requests: ${keys}. Latency of successful requests in milliseconds.`,
    ],
    table: {
      columns: columns(['Gateway', ...titles], 1),
      rows: rows.map(({ name, vus, cell }) => [
        name,
        vus,
        formatRate(cell.ratePerSec),
        tabulateMilliseconds(cell.latencyUs?.p50 ?? null),
        tabulateMilliseconds(cell.latencyUs?.p99 ?? null),
        overheadCell(cell.overheadUs?.p50 ?? null),
        cell.resources.gateway?.cpuUsPerRequest == null
          ? ABSENT
          : formatDecimal(cell.resources.gateway.cpuUsPerRequest, 0),
        ...(wrong ? [refuser(cell)] : []),
      ]),
    },
    notes: [],
  };
}

/** Who refused wrong keys, by whether the upstream was asked. */
function refuser({ gateway, mock }: DerivedCell): string {
  const asked = mock?.wholeLoad?.requests;
  if (asked === undefined) return ABSENT;
  return asked === 0 && gateway.kind !== 'direct' ? 'gateway' : 'upstream';
}

function faultsText({ faults = [], second }: Scenario['upstream']): string {
  const own = faults.join(', ');
  return second?.faults === undefined ? own : `${own}; the second one ${second.faults.join(', ')}`;
}

function ratio(value: number | null): string {
  return value === null ? ABSENT : formatDecimal(value, 3);
}
