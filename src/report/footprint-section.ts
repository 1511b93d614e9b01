import { startSummary } from '../analysis/footprint.js';
import { THRESHOLDS } from '../analysis/thresholds.js';
import {
  ABSENT,
  formatCount,
  formatDecimal,
  formatMilliseconds,
  formatShare,
  formatSignificant,
} from '../lib/format.js';
import type { GatewayFootprint } from '../model/footprint.js';
import { Footnotes } from './footnotes.js';
import { columns, type Section } from './section.js';
import { marked } from './throughput-table.js';

/** A gateway without load. */
export interface AtRest {
  /** As the command line takes it. */
  label: string;
  title: string;
  /** Absent where no run says. */
  idle?: { rss: string; pss: string };
  footprint: GatewayFootprint | null;
}

/** @param place `report` also shows idle memory, and says how the rest is measured where it wasn't */
export function footprintSection(gateways: readonly AtRest[], place: 'report' | 'alone'): Section {
  const footnotes = new Footnotes();
  const inReport = place === 'report';
  const missing = gateways.filter(({ footprint }) => footprint === null).map(({ label }) => label);
  const rows = gateways.map(({ title, idle, footprint }) => [
    title,
    ...(inReport ? [idle?.rss ?? ABSENT, idle?.pss ?? ABSENT] : []),
    ...measured(footprint, footnotes),
  ]);
  return {
    title: 'Footprint',
    lead: [
      ...(inReport
        ? [
            'Idle memory: RSS and PSS of the whole process tree before the load, after one request, in cells that can be trusted.',
          ]
        : []),
      ...(missing.length === gateways.length ? [] : MEASURED_LEAD),
    ],
    table: {
      columns: columns(
        [
          'Gateway',
          ...(inReport ? ['Idle RSS MiB', 'Idle PSS MiB'] : []),
          'Cold start (s)',
          'Read from disk (MiB)',
          'Installed (MiB)',
          'Files',
        ],
        1,
      ),
      rows,
    },
    notes: [
      ...footnotes.lines(),
      ...(missing.length === 0
        ? []
        : [`Cold start and installed size are not measured: gatebench footprint ${[...new Set(missing)].join(' ')}`]),
    ],
  };
}

const MEASURED_LEAD = [
  'Cold start: from the execution of its program to the end of the first response that is right, through the gateway, from a mock upstream that answers at once; ' +
    'the median of the starts, in square brackets the fastest and the slowest; in brackets where other programs were too busy. What its processes read from disk until then, the median, shows whether files were in memory.',
  'Installed: what the install folder takes on disk, a file with several names counted once. An interpreter of the system, such as Node or Python, is not in it.',
];

function measured(footprint: GatewayFootprint | null, footnotes: Footnotes): string[] {
  if (footprint === null) return [ABSENT, ABSENT, ABSENT, ABSENT];
  const { installed } = footprint;
  const { medianS, minS, maxS, readBytes, isDisturbed } = startSummary(footprint);
  const range = footprint.starts.length === 1 ? '' : ` [${seconds(minS)}–${seconds(maxS)}]`;
  return [
    marked(
      isDisturbed ? `(${seconds(medianS)}${range})` : `${seconds(medianS)}${range}`,
      footnotes.mark([...startRemarks(footprint), ...disturbedRemarks(footprint)]),
    ),
    readBytes === null ? ABSENT : mebibytes(readBytes),
    installed === null
      ? marked(ABSENT, footnotes.mark(['A program of the user’s own: no install folder holds it.']))
      : mebibytes(installed.diskBytes),
    installed === null ? ABSENT : formatCount(installed.files),
  ];
}

/** How it was measured, and how well. */
function startRemarks(footprint: GatewayFootprint): string[] {
  const { pageCaches, starts } = footprint;
  const { uncertaintyS, readBytes } = startSummary(footprint);
  const count = starts.length === 1 ? '1 start' : `${starts.length} starts`;
  const caches =
    pageCaches.kind === 'dropped'
      ? 'page caches dropped before each, but for pages that other running programs use'
      : `page caches warm: ${pageCaches.reason}`;
  const inMemory = pageCaches.kind === 'dropped' && readBytes === 0 ? '; even so, nothing was read from disk' : '';
  return [
    `${count}, ${caches}${inMemory}. It was asked again and again: each figure is at most ${formatMilliseconds(uncertaintyS * 1e6)} too long.`,
  ];
}

function disturbedRemarks(footprint: GatewayFootprint): string[] {
  const { otherCpuPercent, isDisturbed } = startSummary(footprint);
  if (otherCpuPercent === null || otherCpuPercent <= THRESHOLDS.otherProgramsPercent.pass) return [];
  const verdict = isDisturbed ? ': don’t trust it' : '';
  return [`Other programs took ${formatShare(otherCpuPercent / 100)} of all CPU time meanwhile${verdict}.`];
}

function seconds(value: number): string {
  return formatDecimal(value, value < 1 ? 3 : 2);
}

function mebibytes(bytes: number): string {
  const value = bytes / 2 ** 20;
  return value < 100 ? formatSignificant(value, 2) : formatCount(value);
}
