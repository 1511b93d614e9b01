import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { type FlameFlags, flameChoice, flameOptions } from '../../../src/cli/options/flame-options.js';
import { ProfilerName } from '../../../src/model/profiler.js';

function parsed(...argv: string[]): FlameFlags {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const option of flameOptions()) command.addOption(option);
  return command.parse(argv, { from: 'user' }).opts();
}

describe('flame options', () => {
  it('default to perf and the language’s own profiler, at 99 Hz, on CPU', () => {
    expect(flameChoice(parsed(), 'lowest')).toEqual({ profiler: 'auto', rateHz: 99, offCpu: false, vus: 'lowest' });
  });

  it('become a choice', () => {
    const flags = parsed('--profiler', 'pprof', '--rate', '5000', '--off-cpu');
    expect(flameChoice(flags, [50, 300])).toEqual({ profiler: 'pprof', rateHz: 5000, offCpu: true, vus: [50, 300] });
  });

  it.each(['auto', ...ProfilerName.options])('know %s', (name) => {
    expect(parsed('--profiler', name).profiler).toBe(name);
  });

  it('know pyspy, as many write it', () => expect(parsed('--profiler', 'pyspy').profiler).toBe('py-spy'));

  it.each([
    [['--profiler', 'toString'], '"toString" is not a profiler: write auto or perf, pprof, py-spy'],
    [['--rate', '5001'], '"5001" is not a rate in Hz: write a whole number from 1 to 5,000'],
    [['--rate', '0'], '"0" is not a rate in Hz'],
  ])('refuse %j', (argv, message) => expect(() => parsed(...argv)).toThrow(message));
});
