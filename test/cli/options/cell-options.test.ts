import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  type CellOptions,
  cellOptions,
  cellRequest,
  durationParser,
  parseList,
  parseVus,
  parseWhole,
  type RunOptions,
  runOptions,
} from '../../../src/cli/options/cell-options.js';

function parsed(...argv: string[]): CellOptions & RunOptions {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const option of [...cellOptions(), ...runOptions()]) command.addOption(option);
  return command.parse(argv, { from: 'user' }).opts();
}

describe('cell options', () => {
  it('have the defaults of the published benchmark', () => {
    expect(parsed()).toEqual({
      scenario: 'published',
      engine: 'native',
      runtime: 'process',
      pin: 'auto',
      loadPriority: 'auto',
      calibration: true,
    });
    expect(cellRequest(parsed())).toEqual({
      scenario: 'published',
      overrides: {},
      gateways: 'all',
      seed: undefined,
      engine: 'native',
      runtime: 'process',
      pin: 'auto',
      loadPriority: 'auto',
      calibration: true,
      flame: null,
      remoteLoad: null,
      upstreamHost: null,
    });
  });

  it('become a request, each in its place', () => {
    const options = parsed(
      ...['-g', 'direct,portkey', '-s', 'quick', '--vus', '50,150', '--duration', '10s', '--warmup', '1500ms'],
      ...['--repeats', '3', '--idle', '0', '--recovery', '4s', '--cooldown', '1m', '--upstream-latency', '0'],
      ...['--seed', '7', '--engine', 'wrk', '--runtime', 'docker', '--pin', 'off', '--no-calibration'],
      ...['--load-priority', 'realtime', '--mock-port', '9001'],
    );
    expect(cellRequest(options)).toEqual({
      scenario: 'quick',
      overrides: {
        vus: [50, 150],
        durationS: 10,
        warmupS: 1.5,
        repeats: 3,
        idleS: 0,
        recoveryS: 4,
        cooldownS: 60,
        upstreamLatency: '0',
      },
      gateways: ['direct', 'portkey'],
      seed: 7,
      engine: 'wrk',
      runtime: 'docker',
      pin: 'off',
      loadPriority: 'realtime',
      calibration: false,
      flame: null,
      remoteLoad: null,
      upstreamHost: null,
    });
    expect(options.mockPort).toBe(9001);
  });

  it.each([
    [['--vus', ','], 'give at least one VU count'],
    [['--vus', '50,x'], '"x" is not a VU count: write a whole number of at least 1'],
    [['--warmup', '-1s'], '-1s'],
    [['--duration', '0s'], '0s is too short: it must be more than 0 s'],
    [['--repeats', '0'], '"0" is not a number of repeats: write a whole number of at least 1'],
    [['--seed', '1e3'], '"1e3" is not a seed'],
    [['--mock-port', '0'], '"0" is not a port'],
    [['--upstream-latency', 'soon'], '"soon" is not a latency: write a duration such as 60ms'],
    [['--upstream-latency', 'lognormal(p50=200ms,p99=60ms)'], 'is not a latency'],
    [['--runtime', 'lxc'], 'lxc'],
  ])('%j is refused', (argv, message) => expect(() => parsed(...argv)).toThrow(message));

  it('take a warm-up of nothing, and a window of the least', () => {
    expect(durationParser('--warmup', 0)('0s')).toBe(0);
    expect(durationParser('--duration', 0.5)('500ms')).toBe(0.5);
    expect(() => durationParser('--duration', 0.5)('499ms')).toThrow('it must be at least 0.5 s');
    expect(() => durationParser('--duration', 0)('60')).toThrow('write it with a unit, such as 60s, 1m30s or 500ms');
  });
});

describe('lists and numbers', () => {
  it('are parted by commas and blanks, without empty parts', () => {
    expect(parseList(' a, b,,c d ')).toEqual(['a', 'b', 'c', 'd']);
    expect(parseList('')).toEqual([]);
  });

  it('VU counts come once each, in the order given', () => {
    expect(parseVus('150,50 150')).toEqual([150, 50]);
  });

  it.each(['', '1.5', '-1', '0x10', '9007199254740993'])('%j is no whole number', (text) => {
    expect(() => parseWhole(text, 0, 'a number')).toThrow('is not a number');
  });

  it('may be as small as the least', () => {
    expect(parseWhole('3', 3, 'a number')).toBe(3);
    expect(() => parseWhole('2', 3, 'a number')).toThrow('at least 3');
  });
});
