import { ABSENT, formatDecimal } from '../../lib/format.js';
import { type HotFunction, type HotPart, hotFunctions } from '../../profiles/analysis/hot-functions.js';
import { type OwnFunction, ownFunctions } from '../../profiles/analysis/own-functions.js';
import { CATEGORY_NAMES } from '../../profiles/categories/category-table.js';
import { columns, type Section } from '../section.js';
import type { FlameEntry } from './flame-entry.js';
import { entryTitle } from './flame-entry.js';

const HOTTEST = 10;
/** Names of Go closures and C++ templates can be too long for a table. */
const MAX_NAME = 90;

/** The hottest functions of each profile by self time, and the gateway's own functions by what they answer for. */
export function hotFunctionSections(entries: readonly FlameEntry[]): Section[] {
  return entries.flatMap((entry) => {
    const hot = hotFunctions(entry.profile, { by: 'self', limit: HOTTEST });
    const own = ownFunctions(entry.profile, HOTTEST);
    return [...(hot.length === 0 ? [] : [hotTable(entry, hot)]), ...(own.length === 0 ? [] : [ownTable(entry, own)])];
  });
}

function hotTable(entry: FlameEntry, functions: readonly HotFunction[]): Section {
  return {
    title: `Hot functions: ${entryTitle(entry)}`,
    lead: ['By self time.'],
    table: partsTable(
      functions,
      ['Self', 'Total'],
      functions.map(({ self, total }) => [self, total]),
    ),
    notes: [],
  };
}

function ownTable(entry: FlameEntry, functions: readonly OwnFunction[]): Section {
  return {
    title: `Own code: ${entryTitle(entry)}`,
    lead: [
      `The ${entry.profile.profile.meta.subject === null ? 'program' : 'gateway'}’s own functions, by the time they answer for: their self time plus that of libraries, runtime and kernel below them, up to the next of its own functions. “Total” is everything below them.`,
    ],
    table: partsTable(
      functions,
      ['Answers for', 'Total'],
      functions.map(({ answersFor, total }) => [answersFor, total]),
    ),
    notes: [],
  };
}

/** Two parts of each function: as shares, and as CPU time per request if there were requests. */
function partsTable(
  functions: readonly Pick<HotFunction, 'frame' | 'category'>[],
  titles: readonly [string, string],
  parts: readonly (readonly [HotPart, HotPart])[],
): Section['table'] {
  const hasRequests = parts.flat().some(({ cpuUsPerRequest }) => cpuUsPerRequest !== null);
  const times = hasRequests ? titles.map((title) => `${title}${title.includes(' ') ? ',' : ''} µs/req`) : [];
  return {
    columns: columns([...WORDS, ...titles, ...times], WORDS.length),
    rows: functions.map((hot, index) => {
      const own = parts[index] ?? [];
      return [...wordCells(hot), ...own.map(shareCell), ...(hasRequests ? own.map(timeCell) : [])];
    }),
  };
}

const WORDS = ['Function', 'Where', 'Category'];
const wordCells = ({ frame, category }: Pick<HotFunction, 'frame' | 'category'>) => [
  shortened(frame.name),
  frame.file ?? frame.module ?? ABSENT,
  CATEGORY_NAMES[category],
];
const shareCell = ({ share }: HotPart) => `${formatDecimal(share * 100, 1)} %`;
const timeCell = ({ cpuUsPerRequest }: HotPart) =>
  cpuUsPerRequest === null ? ABSENT : formatDecimal(cpuUsPerRequest, 1);

/** Keeps the end, since names start with packages. */
function shortened(name: string): string {
  return name.length <= MAX_NAME ? name : `…${name.slice(-MAX_NAME)}`;
}
