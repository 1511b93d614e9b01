import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFlags } from '../../mock-upstream/flags.js';
import { DEFAULTS } from '../../mock-upstream/options.js';

function options(...argv: string[]): unknown {
  const parsed = parseFlags(argv);
  return parsed.kind === 'options' ? parsed.options : parsed;
}

describe('flags', () => {
  test('without any, the published mock server answers at once, on port 9000', () => {
    expect(options()).toEqual({
      host: '127.0.0.1',
      port: 9000,
      processes: 1,
      latency: { kind: 'constant', delayMs: 0 },
      latencyText: '0s',
      streamChunkDelayMs: 10,
      models: ['mock-gpt-4'],
      seed: 1,
      recordFile: null,
      heartbeatS: null,
      quiet: false,
    });
  });

  test("the published suite's command line", () => {
    expect(options('--port', '9000', '--latency', '60ms', '--stream-chunk-delay-ms', '0')).toEqual({
      ...DEFAULTS,
      port: 9000,
      latency: { kind: 'constant', delayMs: 60 },
      latencyText: '60ms',
      streamChunkDelayMs: 0,
    });
  });

  test.each([
    [['-port', '9001']],
    [['--port', '9001']],
    [['-port=9001']],
    [['--port=9001']],
    [['--port=+9001']],
    [['--port', '1', '-port=9001']],
  ])('Go takes %j', (argv) => {
    expect(options(...argv)).toEqual({ ...DEFAULTS, port: 9001 });
  });

  test('the models to list', () => {
    expect(options('--models', 'gpt-4o, openai/gpt-4o-mini')).toEqual({
      ...DEFAULTS,
      models: ['gpt-4o', 'openai/gpt-4o-mini'],
    });
    expect(options('--models', 'a,,b')).toMatchObject({ kind: 'error', message: expect.stringContaining('commas') });
  });

  test.each([
    ['60ms', 60],
    ['1.5s', 1500],
    ['250us', 0.25],
    ['0', 0],
    ['1h', 3_600_000],
  ])('latency %s', (text, delayMs) => {
    const latency = { kind: 'constant', delayMs };
    expect(options('-latency', text)).toEqual({ ...DEFAULTS, latency, latencyText: text });
  });

  test('a latency that is drawn, with a seed, and recorded', () => {
    const text = 'normal(60ms, 5ms)';
    expect(options('--latency', text, '--seed=4294967295', '--record', 'delays.csv')).toEqual({
      ...DEFAULTS,
      latency: { kind: 'normal', meanMs: 60, deviationMs: 5 },
      latencyText: text,
      seed: 4_294_967_295,
      recordFile: 'delays.csv',
    });
  });

  test.each([
    [['--quiet'], true],
    [['-quiet=true'], true],
    [['--quiet=0'], false],
    [['--quiet', '--quiet=F'], false],
  ])('%j', (argv, quiet) => {
    expect(options(...argv)).toEqual({ ...DEFAULTS, quiet });
  });

  test('its own flags', () => {
    expect(options('--host', '0.0.0.0', '--processes=4')).toEqual({ ...DEFAULTS, host: '0.0.0.0', processes: 4 });
  });

  test.each([[['-h']], [['--help']], [['-help']], [['--port', '1', '--help', '--nonsense']]])('%j is help', (argv) => {
    expect(parseFlags(argv)).toEqual({ kind: 'help' });
  });

  test.each([
    [['--prot', '9000'], 'there is no flag -prot'],
    [['--port'], '-port needs a value'],
    [['--port', 'http'], '-port can\'t be "http": it is a whole number from 0 to 65535'],
    [['--port', '65536'], 'from 0 to 65535'],
    [['--port', '-1'], 'from 0 to 65535'],
    [['--port='], '-port can\'t be ""'],
    [['--port', '90.5'], 'whole number'],
    [['--processes', '0'], 'from 1 to'],
    [['--stream-chunk-delay-ms', '10ms'], 'whole number'],
    [['--latency', '60'], '-latency can\'t be "60": it has no unit; durations look like 60ms'],
    [['--latency', '-1s'], 'backwards'],
    [['--latency', '61m'], 'an hour is the longest'],
    [['--host', ''], '-host can\'t be ""'],
    [['--seed', '4294967296'], 'from 0 to 4294967295'],
    [['--seed', '-1'], 'whole number'],
    [['--record='], '-record can\'t be "": it names a file'],
    [['--latency', 'uniform(1ms,2ms)'], 'there is no distribution "uniform"'],
    [['--quiet=maybe'], '-quiet is true or false, not "maybe"'],
    [['9000'], '"9000" is not a flag'],
    [['---port=1'], '"---port=1" is not a flag'],
    [['--'], '"--" is not a flag'],
    [['-'], '"-" is not a flag'],
    [[''], '"" is not a flag'],
  ])('%j is refused', (argv, message) => {
    expect(parseFlags(argv)).toEqual({ kind: 'error', message: expect.stringContaining(message) });
  });

  test('any port reads the same in all four spellings', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 65_535 }), (port) => {
        const spellings = [['-port', `${port}`], ['--port', `${port}`], [`-port=${port}`], [`--port=${port}`]];
        for (const argv of spellings) expect(options(...argv)).toEqual({ ...DEFAULTS, port });
      }),
    );
  });
});
