import { CATEGORY_WORDS } from '../../stacks/category-words.js';
import { type HotFunction, type HotPart, hotFunctions } from '../../stacks/hot-functions.js';
import { ownFrames } from '../../stacks/own-frames.js';
import { ABSENT, decimal } from '../format.js';
import { columns, type Section } from '../section.js';
import { entryTitle } from './entry-title.js';
import type { FlameEntry } from './flame-entry.js';

const HOTTEST = 10;
/** Under a frame's own name, so that a table stays readable: names of Go closures and of templates are long. */
const LONGEST_NAME = 90;

/** The hottest functions of each profile by their own time, and those of the gateway's own code with what they call. */
export function hotFunctionSections(entries: readonly FlameEntry[]): Section[] {
  return entries.flatMap((entry) => {
    const self = hotFunctions(entry.profile, { by: 'self', limit: HOTTEST });
    if (self.length === 0) return [];
    const only = ownFrames(entry.profile.profile);
    const own = hotFunctions(entry.profile, { by: 'total', limit: HOTTEST, only });
    return [
      functionTable(`Hot functions: ${entryTitle(entry)}`, 'By their own time.', self),
      ...(own.length === 0
        ? []
        : [functionTable(`Own code: ${entryTitle(entry)}`, 'The gateway’s own functions, with all they call.', own)]),
    ];
  });
}

function functionTable(title: string, lead: string, functions: readonly HotFunction[]): Section {
  return {
    title,
    lead: [lead],
    table: {
      columns: columns(['Function', 'Where', 'Category', 'Self', 'Total', 'Self µs/req', 'Total µs/req'], 3),
      rows: functions.map(({ frame, category, self, total }) => [
        shortened(frame.name),
        frame.file ?? frame.module ?? ABSENT,
        CATEGORY_WORDS[category],
        shareCell(self),
        shareCell(total),
        timeCell(self),
        timeCell(total),
      ]),
    },
    notes: [],
  };
}

const shareCell = ({ share }: HotPart) => `${decimal(share * 100, 1)} %`;
const timeCell = ({ cpuUsPerRequest }: HotPart) => (cpuUsPerRequest === null ? ABSENT : decimal(cpuUsPerRequest, 1));

/** The end tells more than the beginning: packages come first. */
function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `…${name.slice(-LONGEST_NAME)}`;
}
