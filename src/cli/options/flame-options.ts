import { InvalidArgumentError, Option } from 'commander';
import type { FlameChoice } from '../../app/bench/run-request.js';
import type { ProfilerName } from '../../model/profiler.js';
import { GROUPINGS, type Grouping } from '../../profiles/group-by.js';
import { parseWhole } from './cell-options.js';

// Spelled out rather than imported: --help shouldn't have to load schemas. The type keeps them complete.
const PROFILERS: Record<ProfilerName, true> = {
  perf: true,
  pprof: true,
  'py-spy': true,
  '0x': true,
  cpuprofile: true,
  'off-cpu': true,
  mutex: true,
  block: true,
};
const PROFILER_NAMES = Object.keys(PROFILERS);

/** Far above this a sample costs more than what lies between two. */
const MAX_RATE_HZ = 5_000;

/** What {@link flameOptions} parse to. */
export interface FlameFlags {
  profiler: 'auto' | ProfilerName;
  rate: number;
  offCpu?: boolean;
}

/** How to profile; shared by `flame` and `bench --flame`. */
export function flameOptions(): Option[] {
  return [
    new Option('--profiler <name>', "auto: perf, and the language's own if there is one")
      .choices(['auto', ...PROFILER_NAMES])
      .argParser(parseProfiler)
      .default('auto'),
    new Option('--off-cpu', "also profile where threads wait: by the scheduler, and by Go's mutex and block profiles"),
    // 99 and not 100: in step with nothing that happens every 10 ms.
    new Option('--rate <hz>', 'samples per second on each CPU').default(99).argParser(parseRate),
  ];
}

export function flameChoice(flags: FlameFlags, vus: number[] | 'lowest'): FlameChoice {
  return { profiler: flags.profiler, rateHz: flags.rate, offCpu: flags.offCpu === true, vus };
}

/** What {@link profileChoiceOptions} parse to. */
export interface ProfileChoiceFlags {
  event?: string;
  sampleType?: string;
  groupBy?: Grouping;
}

/** Which profile of a file to show, and how; shared by the commands that read files. */
export function profileChoiceOptions(): Option[] {
  return [
    new Option(
      '--event <name>',
      'which event of the file, such as cycles (default: the first that measures CPU time)',
    ).conflicts('sampleType'),
    new Option('--sample-type <name>', 'the same for pprof, such as inuse_space'),
    groupByOption(),
  ];
}

export function groupByOption(): Option {
  return new Option(
    '--group-by <what>',
    'what the root frames are: comm (the program), pid, tid or none (default: comm if several programs were captured)',
  ).choices(GROUPINGS);
}

/** The event that was asked for, under either name. */
export function eventChoice({ event, sampleType }: ProfileChoiceFlags): string | undefined {
  return event ?? sampleType;
}

/** Many write `pyspy`. */
function parseProfiler(text: string): 'auto' | ProfilerName {
  if (text === 'auto') return text;
  const name = text === 'pyspy' ? 'py-spy' : text;
  if (isProfiler(name)) return name;
  throw new InvalidArgumentError(`"${text}" is not a profiler: write auto or ${PROFILER_NAMES.join(', ')}`);
}

function isProfiler(name: string): name is ProfilerName {
  return Object.hasOwn(PROFILERS, name);
}

function parseRate(text: string): number {
  return parseWhole(text, { min: 1, max: MAX_RATE_HZ }, 'a rate in Hz');
}
