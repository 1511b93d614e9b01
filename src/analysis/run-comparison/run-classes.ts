import { comparability, type RunWithRecords } from './comparability.js';

/** Runs of which each compares with every other: one machine at one speed, one engine, one scenario. */
export interface RunClass<T extends RunWithRecords> {
  /** `A`, `B`, …, in the order of their first runs. */
  name: string;
  /** In the order in which they were given. */
  runs: [T, ...T[]];
  /** Why its first run doesn't compare with the class before; empty for the first class. */
  differs: string[];
}

/**
 * Sort runs into classes. A run joins the latest class with all of whose runs it compares, so that small changes of the
 * machine's speed don't add up within a class.
 * @param runs oldest first
 */
export function runClasses<T extends RunWithRecords>(runs: readonly T[]): RunClass<T>[] {
  const classes: RunClass<T>[] = [];
  for (const run of runs) {
    const own = classes.findLast(({ runs: members }) => members.every((member) => refusals(member, run).length === 0));
    if (own !== undefined) {
      own.runs.push(run);
      continue;
    }
    const before = classes.at(-1);
    classes.push({
      name: className(classes.length),
      runs: [run],
      differs: before === undefined ? [] : differences(before.runs, run),
    });
  }
  return classes;
}

function refusals(base: RunWithRecords, head: RunWithRecords): string[] {
  const { refusals: all, machine } = comparability(base, head);
  return [...all, ...machine];
}

/** From the latest of the runs that it doesn't compare with. */
function differences(members: readonly RunWithRecords[], run: RunWithRecords): string[] {
  const other = members.findLast((member) => refusals(member, run).length > 0);
  return other === undefined ? [] : refusals(other, run);
}

const LETTERS = 26;

/** `A` to `Z`, then `AA`, as columns of a spreadsheet. */
function className(index: number): string {
  const last = String.fromCharCode(65 + (index % LETTERS));
  return index < LETTERS ? last : `${className(Math.floor(index / LETTERS) - 1)}${last}`;
}
