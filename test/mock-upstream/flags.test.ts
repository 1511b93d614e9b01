import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_API, isPlain } from '../../mock-upstream/api/options.js';
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
      tlsCert: null,
      tlsKey: null,
      quiet: false,
      api: DEFAULT_API,
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

  const ALWAYS = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY };

  test('flags beyond the published mock', () => {
    const api = (...argv: string[]) => {
      const parsed = parseFlags(argv);
      return parsed.kind === 'options' ? parsed.options.api : parsed;
    };
    expect(
      api(
        ...[
          '--contract',
          'full',
          '--api-key',
          'a,b',
          '--api-key=c',
          '--output-tokens',
          '10',
          '--ttft',
          '1s',
          '--gap=5ms',
        ],
        ...['--fault', '429:0.1', '--fault=reset:0.5', '--concurrency', '4', '--queue', '2', '--log'],
        ...[
          '--refuse-key',
          'x',
          '--faults-from-reset',
          '--requests-per-min',
          '60',
          '--tokens-per-min=1000',
          '--cors',
          'none',
        ],
      ),
    ).toEqual({
      contract: 'full',
      apiKeys: ['a', 'b', 'c'],
      refusedKeys: ['x'],
      faultsFromReset: true,
      outputTokens: { kind: 'constant', count: 10 },
      text: null,
      ttft: { kind: 'constant', delayMs: 1000 },
      gap: { kind: 'constant', delayMs: 5 },
      faults: [
        { fault: { kind: 'error', status: 429, retryAfterMs: 1000 }, when: { kind: 'share', share: 0.1 }, ...ALWAYS },
        { fault: { kind: 'reset' }, when: { kind: 'share', share: 0.5 }, ...ALWAYS },
      ],
      concurrency: 4,
      queue: 2,
      requestsPerMin: 60,
      tokensPerMin: 1000,
      cors: null,
      log: true,
    });
    expect(api()).toEqual(DEFAULT_API);
  });

  test.each([
    [[], true],
    [['--latency', '60ms', '--models', 'a', '--processes', '2', '--quiet'], true],
    [['--contract', 'published', '--cors', 'none'], true],
    [['--contract', 'full'], false],
    [['--fault', '500:0'], false],
    [['--api-key', 'a'], false],
    [['--gap', '1ms'], false],
    [['--log'], false],
  ])('%j: requests are answered as they always were: %s', (argv, plain) => {
    const parsed = parseFlags(argv);
    expect(parsed.kind === 'options' && isPlain(parsed.options.api)).toBe(plain);
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
    [['--tls-cert', 'cert.pem'], '-tls-cert needs -tls-key'],
    [['--tls-key', 'key.pem'], '-tls-key needs -tls-cert'],
    [['--tls-cert='], '-tls-cert can\'t be "": it names a PEM file'],
    [['--latency', 'uniform(1ms,2ms)'], 'there is no distribution "uniform"'],
    [['--quiet=maybe'], '-quiet is true or false, not "maybe"'],
    [['--log=maybe'], '-log is true or false, not "maybe"'],
    [['--contract', 'partial'], '-contract can\'t be "partial": it is published or full'],
    [['--output-tokens', '10'], '-output-tokens needs -contract full'],
    [['--text', 'x'], '-text needs -contract full'],
    [['--contract', 'full', '--text', 'x', '--output-tokens', '10'], 'contradict each other'],
    [['--queue', '10'], '-queue needs -concurrency'],
    [['--concurrency', '1', '--processes', '2'], '-concurrency needs -processes 1'],
    [['--requests-per-min', '1', '--processes', '2'], '-requests-per-min needs -processes 1'],
    [['--tokens-per-min', '1', '--processes', '2'], '-tokens-per-min needs -processes 1'],
    [['--fault', '500:0.6', '--fault', '429:0.6'], 'add up to 1.2'],
    [['--fault', 'boom'], 'there is no fault "boom"'],
    [['--api-key', 'a b'], 'keys without blanks'],
    [['--cors', 'localhost'], 'it is an origin'],
    [['--concurrency', '0'], 'from 1 to'],
    [['--ttft', '5'], 'it has no unit'],
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
