import { InvalidArgumentError, Option } from 'commander';
import type { FlameChoice } from '../../app/bench/plan-profiles.js';
import { ProfilerName } from '../../model/profiler.js';
import { parseWhole } from './cell-options.js';

/** Far above this a sample costs more than what lies between two. */
const MAX_RATE_HZ = 5_000;

/** What {@link flameOptions} parse to. */
export interface FlameFlags {
  profiler: 'auto' | ProfilerName;
  rate: number;
  offCpu?: boolean;
}

/** How it is profiled; shared by `flame` and `bench --flame`. */
export function flameOptions(): Option[] {
  return [
    new Option(
      '--profiler <name>',
      `auto (perf, and the language's own where there is one), ${ProfilerName.options.join(', ')}`,
    )
      .default('auto')
      .argParser(parseProfiler),
    new Option('--off-cpu', 'also where threads wait: by the scheduler, and by Go’s mutex and block profiles'),
    // 99 and not 100: in step with nothing that happens every 10 ms.
    new Option('--rate <hz>', 'samples a second on each CPU').default(99).argParser(parseRate),
  ];
}

export function flameChoice(flags: FlameFlags, vus: number[] | 'lowest'): FlameChoice {
  return { profiler: flags.profiler, rateHz: flags.rate, offCpu: flags.offCpu === true, vus };
}

/** `pyspy` is how many write it. */
export function parseProfiler(text: string): 'auto' | ProfilerName {
  if (text === 'auto') return text;
  const name = ProfilerName.safeParse(text === 'pyspy' ? 'py-spy' : text);
  if (name.success) return name.data;
  throw new InvalidArgumentError(`"${text}" is not a profiler: write auto or ${ProfilerName.options.join(', ')}`);
}

function parseRate(text: string): number {
  const rateHz = parseWhole(text, 1, 'a rate in Hz');
  if (rateHz > MAX_RATE_HZ) throw new InvalidArgumentError(`${rateHz} Hz is too much: write at most ${MAX_RATE_HZ}`);
  return rateHz;
}
