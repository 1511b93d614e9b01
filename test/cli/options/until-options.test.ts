import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { type UntilFlags, untilChoice, untilOptions } from '../../../src/cli/options/until-options.js';
import { UsageError } from '../../../src/lib/errors.js';

function choice(argv: readonly string[], repeats?: number) {
  const command = new Command('bench').exitOverride().configureOutput({ writeErr: () => {} });
  for (const option of untilOptions()) command.addOption(option);
  command.option('--seed <n>');
  const flags = command.parse([...argv], { from: 'user' }).opts<UntilFlags>();
  return untilChoice(repeats === undefined ? flags : { ...flags, repeats });
}

describe('--until', () => {
  it('is none unless asked for', () => {
    expect(choice([])).toBeNull();
    expect(choice([], 5)).toBeNull();
  });

  it('takes several targets, with 3 to 10 repeats', () => {
    const both = {
      targets: [
        { metric: 'rate', halfWidthShare: 0.02 },
        { metric: 'p99', halfWidthShare: 0.05 },
      ],
      minRepeats: 3,
      maxRepeats: 10,
    };
    expect(choice(['--until', 'ci<=2%,p99:ci<=5%', '--seed', '3'])).toEqual(both);
    expect(choice(['--until', 'ci<=2%', '--until', 'p99:ci<=5%'])).toEqual(both);
  });

  it('begins with --repeats and ends with --max-repeats', () => {
    expect(choice(['--until', 'ci<=2%', '--max-repeats', '20'], 5)).toMatchObject({ minRepeats: 5, maxRepeats: 20 });
    expect(choice(['--until', 'ci<=2%'], 12)).toMatchObject({ minRepeats: 12, maxRepeats: 12 });
  });

  it.each([
    [['--max-repeats', '5'], undefined, '--max-repeats is for a run that is repeated --until'],
    [['--until', 'ci<=2%'], 2, 'at least 3 repeats'],
    [['--until', 'ci<=2%', '--max-repeats', '4'], 5, 'less than the 5 repeats to begin with'],
  ])('refuses %j with --repeats %s', (argv, repeats, message) => {
    expect(() => choice(argv, repeats)).toThrow(UsageError);
    expect(() => choice(argv, repeats)).toThrow(message);
  });

  it.each([
    [['--until', 'ci<=2%', '--max-repeats', '101'], 'from 3 to 100'],
    [['--until', 'fast'], '"fast" is not a target'],
    [['--until', 'ci<=2%,'], 'is not a target'],
    [['--until', ''], 'is not a target'],
  ])('refuses %j', (argv, message) => {
    expect(() => choice(argv)).toThrow(message);
  });
});
