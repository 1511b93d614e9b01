import {
  formatCapacityLevel,
  formatCapacityRange,
  formatObjectiveLatency,
} from '../analysis/capacity/format-capacity.js';
import type { Capacity, CapacityLevel } from '../analysis/capacity/result.js';
import { ABSENT, formatCount, formatDecimal, formatRate, formatSignificant, tabulateShare } from '../lib/format.js';
import type { CapacitySearch } from '../model/capacity.js';
import { Footnotes } from './footnotes.js';
import { columns, type Section } from './section.js';
import { marked } from './throughput-table.js';

/** What a search found: the edges, then under several objectives the frontier, then each gateway's levels. Empty without a search. */
export function capacitySections(capacities: readonly Capacity[], search: CapacitySearch | undefined): Section[] {
  if (search === undefined) return [];
  const labels = [...new Set(capacities.map(({ label }) => label))];
  return [
    edgesSection(capacities, search),
    ...(search.objectives.length > 1 ? [frontierSection(capacities, search, labels)] : []),
    ...labels.map((label) =>
      levelsSection(
        capacities.filter((each) => each.label === label),
        search,
      ),
    ),
  ];
}

function edgesSection(capacities: readonly Capacity[], search: CapacitySearch): Section {
  const footnotes = new Footnotes();
  const rows = capacities.map((capacity) => {
    const { title, objective, lastPass, firstFail, low, high } = capacity;
    // What isn't decided stands in brackets, as invalid cells do in other tables.
    const passes = (text: string) => (lastPass === null && low !== null ? `(${text})` : text);
    const fails = (text: string) => (firstFail === null && high !== null ? `(${text})` : text);
    return [
      title,
      objective.text,
      marked(edgeText(capacity), footnotes.mark(remarksOn(capacity, search))),
      passes(low === null ? ABSENT : formatRate(low.ratePerSec)),
      passes(latencyText(low, isAdded(capacity))),
      fails(latencyText(high, isAdded(capacity))),
      `${passes(errorsText(low))}, ${fails(errorsText(high))}`,
      edgeShape(capacity),
      String(capacity.windows),
    ];
  });
  return {
    title: 'Capacity',
    lead: [
      `The most ${search.unit === 'vus' ? 'VUs' : 'requests a second'} that keep an objective: the highest level that passes, and the first that fails. Each is decided by several windows, every one with the gateway started anew: ` +
        'the 95 % interval of its latency lies on one side of the limit. Between the two it is nearer to the limit than its windows can tell, or was not measured. ' +
        'Where windows ran out, they are the levels that seem to pass and to fail.',
      'RPS: successful requests per second at the last level that passes. Latency: at that level and at the first that fails, of the objective’s percentile; a + is what is added to direct. In brackets: of a level that is not decided. ' +
        'Edge: a cliff is where the gateway crashes, stalls or fails requests, or where its latency grows more than four times as fast as the load.',
    ],
    table: {
      columns: columns(
        [
          'Gateway',
          'Objective',
          unitTitle(search),
          'RPS',
          'Latency, passes',
          'Latency, fails',
          'Errors',
          'Edge',
          'Windows',
        ],
        2,
      ),
      rows,
    },
    notes: footnotes.lines(),
  };
}

function frontierSection(capacities: readonly Capacity[], search: CapacitySearch, labels: readonly string[]): Section {
  const rows = labels.map((label) => {
    const own = capacities.filter((each) => each.label === label);
    return [
      own[0]?.title ?? label,
      ...search.objectives.map(({ text }) => {
        const capacity = own.find(({ objective }) => objective.text === text);
        if (capacity === undefined) return ABSENT;
        const rate = capacity.low === null ? '' : ` (${formatRate(capacity.low.ratePerSec)} RPS)`;
        return `${edgeText(capacity)}${rate}`;
      }),
    ];
  });
  return {
    title: 'Frontier',
    lead: [
      'How much load a gateway takes under each objective, from the windows of one campaign: the last level that passes and the first that fails, and the rate at the last level that passes.',
    ],
    table: { columns: columns(['Gateway', ...search.objectives.map(({ text }) => text)], 1), rows },
    notes: [],
  };
}

function levelsSection(own: readonly Capacity[], search: CapacitySearch): Section {
  const [first] = own;
  const levels = first?.levels ?? [];
  const several = own.length > 1;
  const rows = levels.map((level) => [
    String(level.level),
    ...own.map(({ levels: others }) => statusText(others.find((other) => other.level === level.level))),
    String(level.windows),
    intervalText(level, first !== undefined && isAdded(first)),
    tabulateShare(level.failedShare),
    formatRate(level.ratePerSec),
  ]);
  return {
    title: `Levels of ${first?.title ?? ''}`,
    lead: [],
    table: {
      columns: columns(
        [
          unitTitle(search),
          ...(several ? own.map(({ objective }) => objective.text) : ['Verdict']),
          'Windows',
          'Latency',
          'Errors',
          'RPS',
        ],
        1,
      ),
      rows,
    },
    notes: [],
  };
}

function unitTitle({ unit }: CapacitySearch): string {
  return unit === 'vus' ? 'VUs' : 'Planned req/s';
}

/** `160 to 176`, `95 to 113, not decided`, `at least 1,000`, `fewer than 1`. */
function edgeText(capacity: Capacity): string {
  if (capacity.kind === 'nothing') return 'not measured';
  const range = formatCapacityRange(capacity);
  if (range === null) return 'not decided';
  return capacity.kind === 'unfinished' ? `${range}, not decided` : range;
}

function edgeShape({ shape, slope }: Capacity): string {
  if (shape === null) return ABSENT;
  return slope === null || shape === 'smooth' ? shape : `${shape} (slope ${formatSignificant(slope, 2)})`;
}

function remarksOn(
  { title, kind, levels, firstFail, lastPass, replaced, stopped }: Capacity,
  { unit }: CapacitySearch,
): string[] {
  const at = (which: readonly CapacityLevel[]) => formatCapacityLevel(which.map(({ level }) => level).join(', '), unit);
  const invalid = levels.filter(({ invalid: count }) => count > 0);
  const edge = [lastPass, firstFail].filter((level) => level !== null && level.invalid > 0);
  const unsure = levels.filter(
    ({ status, level }) =>
      status === 'unsure' && level > (lastPass?.level ?? 0) && level < (firstFail?.level ?? Number.POSITIVE_INFINITY),
  );
  return [
    ...(firstFail?.broken == null ? [] : [`${title} at ${at([firstFail])}: ${firstFail.broken}.`]),
    ...(firstFail !== null && firstFail.stalls > 0
      ? [
          `${title} at ${at([firstFail])}: ${firstFail.stalls} of ${firstFail.windows} windows keep the limit only because nobody sent a request while the gateway answered none. ` +
            'With those requests, their latency is twice the limit or more.',
        ]
      : []),
    ...(unsure.length === 0
      ? []
      : [`${title} at ${at(unsure)} is too near to the limit to tell after ${unsure[0]?.windows ?? 0} windows.`]),
    ...(kind === 'unfinished' && stopped !== null ? [`${title}: the search stopped: ${stopped}.`] : []),
    ...(kind === 'nothing' && stopped !== null ? [`${title}: ${stopped}.`] : []),
    ...(invalid.length === 0
      ? []
      : [
          `${title}: windows at ${at(invalid)} are invalid and count all the same${edge.length > 0 ? ', at the edge too: don’t trust it' : ''}. See Validity.`,
        ]),
    ...(replaced.length === 0
      ? []
      : [`${title}: ${formatWindows(replaced.length)} measured again (${countedReasons(replaced)}).`]),
  ];
}

function formatWindows(count: number): string {
  return count === 1 ? '1 window was' : `${formatCount(count)} windows were`;
}

/** `machine speed 3, steal time 1`: each window's whole reason is in its cell. */
function countedReasons(replaced: Capacity['replaced']): string {
  const counts = new Map<string, number>();
  for (const { reason } of replaced) {
    const [gate = reason] = reason.split(': ');
    counts.set(gate, (counts.get(gate) ?? 0) + 1);
  }
  return [...counts].map(([gate, count]) => `${gate} ${count}`).join(', ');
}

function isAdded({ objective }: Capacity): boolean {
  return objective.terms.find(({ metric }) => metric !== 'errors')?.metric === 'added';
}

function latencyText(level: CapacityLevel | null, added: boolean): string {
  return level?.latencyUs == null ? ABSENT : formatObjectiveLatency(level.latencyUs.mean, added);
}

function intervalText({ latencyUs }: CapacityLevel, added: boolean): string {
  if (latencyUs === null) return ABSENT;
  const { mean, interval } = latencyUs;
  const range =
    interval === null ? '' : ` [${formatDecimal(interval.low / 1000, 1)} to ${formatDecimal(interval.high / 1000, 1)}]`;
  return `${formatObjectiveLatency(mean, added)}${range}`;
}

function errorsText(level: CapacityLevel | null): string {
  return level === null ? ABSENT : tabulateShare(level.failedShare);
}

function statusText(level: CapacityLevel | undefined): string {
  if (level === undefined) return ABSENT;
  switch (level.status) {
    case 'pass':
      return 'passes';
    case 'fail':
      return 'fails';
    case 'unsure':
      return 'can’t tell';
    case 'leans-pass':
      return 'seems to pass';
    case 'leans-fail':
      return 'seems to fail';
    default:
      return level.status satisfies never;
  }
}
