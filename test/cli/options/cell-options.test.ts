import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  type CellOptions,
  cellOptions,
  cellRequest,
  durationParser,
  parseList,
  parseWhole,
  type RunOptions,
  runOptions,
  vusParser,
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
      gateways: 'default',
      seed: undefined,
      engine: 'native',
      runtime: 'process',
      pin: 'auto',
      loadPriority: 'auto',
      calibration: true,
      mockPort: null,
      aa: null,
      attached: null,
      until: null,
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
      mockPort: null,
      aa: null,
      attached: null,
      until: null,
      flame: null,
      remoteLoad: null,
      upstreamHost: null,
    });
    expect(options.mockPort).toBe(9001);
  });

  it.each([
    [['--vus', ','], 'it names none: write it as 50,150'],
    [['--gateways', ' '], 'it names none: write it as direct,portkey'],
    [['--vus', '50,x'], '"x" is not a VU count: write a whole number from 1 to 100,000'],
    [['--vus', '100001'], '"100001" is not a VU count'],
    [['--vus', Array.from({ length: 101 }, (_, at) => at + 1).join()], '101 VU counts are too many: give at most 100'],
    [['--warmup', '-1s'], '-1s is negative: write a duration such as 60s'],
    [['--warmup', '61m'], '61m is too long: at most 1 h 0 min'],
    [['--idle', '601s'], '601s is too long: at most 10 min'],
    [['--duration', '0s'], '0s is too short: more than 0 s'],
    [['--duration', '9999999h'], 'is not a duration: it is too long'],
    [['--duration', '25h'], '25h is too long: at most 24 h 0 min'],
    [['--repeats', '0'], '"0" is not a number of repeats: write a whole number from 1 to 100'],
    [['--repeats', '9007199254740991'], '"9007199254740991" is not a number of repeats'],
    [['--seed', '4294967296'], '"4294967296" is not a seed: write a whole number from 0 to 4,294,967,295'],
    [['--mock-port', '70000'], '"70000" is not a port: write a whole number from 1 to 65,535'],
    [['--seed', '1e3'], '"1e3" is not a seed'],
    [['--mock-port', '0'], '"0" is not a port'],
    [['--upstream-latency', 'soon'], '"soon" is not a latency: write a duration such as 60ms'],
    [['--upstream-latency', 'lognormal(p50=200ms,p99=60ms)'], 'is not a latency: p99 is below p50'],
    [['--runtime', 'lxc'], 'lxc'],
  ])('%j is refused', (argv, message) => expect(() => parsed(...argv)).toThrow(message));

  it('take a warm-up of nothing, and a window of the least', () => {
    expect(durationParser({ min: 0, max: 1 })('0s')).toBe(0);
    expect(durationParser({ min: 0.5, max: 1 })('500ms')).toBe(0.5);
    expect(() => durationParser({ min: 0.5, max: 1 })('499ms')).toThrow('499ms is too short: at least 0.5 s');
    expect(() => durationParser({ min: 0, max: 90 })('60')).toThrow(
      'write it with a unit, such as 60s, 1m30s or 500ms',
    );
  });
});

describe('lists and numbers', () => {
  it('are parted by commas and blanks, without empty parts', () => {
    expect(parseList(' a, b,,c d ')).toEqual(['a', 'b', 'c', 'd']);
    expect(parseList('')).toEqual([]);
  });

  it('VU counts come once each, in the order given', () => {
    expect(vusParser()('150,50 150')).toEqual([150, 50]);
  });

  it('that are given twice are joined, and what is given replaces the default', () => {
    expect(parsed('-g', 'direct', '--gateways', 'kong,direct', '--vus', '5', '--vus', '9').gateways).toEqual([
      'direct',
      'kong',
    ]);
    const option = cellOptions().find(({ long }) => long === '--vus');
    const command = new Command().addOption(option?.default([50]) ?? new Option('--vus'));
    expect(command.parse(['--vus', '5', '--vus', '9'], { from: 'user' }).opts()).toEqual({ vus: [5, 9] });
  });

  it.each(['', '1.5', '-1', '0x10', '9007199254740993'])('%j is no whole number', (text) => {
    expect(() => parseWhole(text, { min: 0, max: 100 }, 'a number')).toThrow('is not a number');
  });

  it('may be the bounds themselves', () => {
    expect(parseWhole('3', { min: 3, max: 5 }, 'a number')).toBe(3);
    expect(parseWhole('5', { min: 3, max: 5 }, 'a number')).toBe(5);
    expect(() => parseWhole('2', { min: 3, max: 5 }, 'a number')).toThrow('from 3 to 5');
    expect(() => parseWhole('6', { min: 3, max: 5 }, 'a number')).toThrow('from 3 to 5');
  });
});
