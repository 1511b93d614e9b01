import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/profiles/format-error.js';
import { parseCpuProfile } from '../../../src/profiles/formats/cpuprofile.js';
import { totalsByName, totalWeight } from '../../support/stack-totals.js';

const callFrame = (functionName: string, url = '', lineNumber = -1, columnNumber = -1) => ({
  functionName,
  scriptId: '1',
  url,
  lineNumber,
  columnNumber,
});

/** (root) -> handle -> parse, and idle time beside it. */
const NODES = [
  { id: 1, callFrame: callFrame('(root)'), hitCount: 0, children: [2, 4, 5] },
  { id: 2, callFrame: callFrame('handle', 'file:///srv/my%20app/index.mjs', 9, 3), hitCount: 2, children: [3] },
  { id: 3, callFrame: callFrame('parse'), hitCount: 1 },
  { id: 4, callFrame: callFrame('(idle)'), hitCount: 3 },
  { id: 5, callFrame: callFrame('', 'file:///srv/node_modules/@hono/node-server/dist/index.js', 0, 41), hitCount: 1 },
];

const parse = (change: object) =>
  parseCpuProfile(JSON.stringify({ nodes: NODES, startTime: 1000, endTime: 2000, ...change }), 'hand-made');

describe('a profile of node --cpu-prof', () => {
  const text = readFileSync('test/fixtures/profiles/cpuprofile/burn.cpuprofile', 'utf8');
  const profile = parseCpuProfile(text, 'burn');
  const document = JSON.parse(text) as {
    nodes: { id: number; callFrame: { functionName: string } }[];
    samples: number[];
    timeDeltas: number[];
    startTime: number;
    endTime: number;
  };

  it('accounts for all the time from the first sample to the end, but for idle time', () => {
    const { samples, timeDeltas, startTime, endTime, nodes } = document;
    const idle = nodes.find(({ callFrame: frame }) => frame.functionName === '(idle)')?.id;
    const idleUs = samples.reduce((sum, id, index) => sum + (id === idle ? (timeDeltas[index + 1] ?? 0) : 0), 0);
    const allUs = endTime - startTime - (timeDeltas[0] ?? 0);
    expect(idleUs).toBeGreaterThan(0);
    expect(totalWeight(profile)).toBe((allUs - idleUs) * 1000);
    expect(profile.meta.caveats[0]).toContain(`${((idleUs / allUs) * 100).toFixed(1)} % of the time`);
  });

  it('names the functions that work, with file, line and module', () => {
    const totals = totalsByName(profile);
    const worked = ['parseOften', 'hashOften', 'addUp'].map((name) => totals.get(name)?.total ?? 0);
    for (const weight of worked) expect(weight / totalWeight(profile)).toBeGreaterThan(0.02);
    expect(profile.frames.find(({ name }) => name === 'addUp')).toEqual({
      name: 'addUp',
      file: '/srv/app/burn.mjs',
      line: 18,
      module: null,
      kind: 'javascript',
    });
    expect(profile.frames.find(({ name }) => name === 'listOnTimeout')).toMatchObject({ module: 'node' });
    expect(totals.has('(root)')).toBe(false);
  });

  it('knows its rate and length', () => {
    expect(profile.meta).toMatchObject({ unit: 'nanoseconds', kind: 'cpu', kernel: 'absent', tool: 'V8 CPU profiler' });
    expect(profile.meta.durationS).toBeCloseTo((document.endTime - document.startTime) / 1e6, 6);
    expect(profile.meta.rateHz).toBeCloseTo(document.samples.length / (profile.meta.durationS ?? 0), 0);
  });
});

describe('times', () => {
  it('a sample holds until the next one, and the last until the end', () => {
    const profile = parse({ samples: [2, 3, 2], timeDeltas: [100, 250, 50] });
    const totals = totalsByName(profile);
    // At 1100, 1350 and 1400; the end is at 2000.
    expect(totals.get('handle')?.self).toBe((250 + 600) * 1000);
    expect(totals.get('parse')?.self).toBe(50 * 1000);
  });

  it('sorts samples that V8 wrote out of order, and takes deltas of zero', () => {
    // At 1100, 1400, 1300 and 1300: handle for 200, parse for 0, idle for 100, handle for 600.
    const profile = parse({ samples: [2, 2, 3, 4], timeDeltas: [100, 300, -100, 0] });
    const totals = totalsByName(profile);
    expect(totals.get('handle')?.self).toBe(800_000);
    expect(totals.get('parse')?.self).toBe(0);
    expect(profile.meta.caveats[0]).toContain('11.1 % of the time'); // 100 of 900 us
  });

  it('reads hit counts where there are no samples', () => {
    const profile = parse({});
    expect(profile.meta.unit).toBe('samples');
    expect(totalsByName(profile).get('handle')).toEqual({ self: 2, total: 3 });
    expect(profile.meta.caveats.join()).toContain('hit counts');
    expect(profile.meta.caveats[0]).toContain('42.9 %'); // 3 of 7
  });

  it('reads trees that are written from the child up', () => {
    const nodes = NODES.map(({ id, callFrame: frame }) => ({ id, callFrame: frame, parent: { 2: 1, 3: 2 }[id] }));
    const profile = parse({ nodes, samples: [3], timeDeltas: [500] });
    expect(totalsByName(profile).get('handle')).toEqual({ self: 0, total: 500_000 });
  });
});

describe('frames', () => {
  it('names packages, files, and functions without a name', () => {
    expect(parse({}).frames).toEqual([
      { name: 'handle', file: '/srv/my app/index.mjs', line: 10, module: null, kind: 'javascript' },
      { name: 'parse', file: null, line: null, module: 'node', kind: 'native' },
      {
        name: '(anonymous 1:42)',
        file: '/srv/node_modules/@hono/node-server/dist/index.js',
        line: 1,
        module: '@hono/node-server',
        kind: 'javascript',
      },
    ]);
  });
});

describe('what is no CPU profile', () => {
  it.each<[object, RegExp]>([
    [{ nodes: undefined }, /^nodes: .*; expected a \.cpuprofile of V8/],
    [{ nodes: [{ id: 1 }] }, /^nodes\[0\]\.callFrame: /],
    [{ samples: [7], timeDeltas: [1] }, /^samples: no node has the id 7; expected ids of nodes/],
    [{ samples: [2, 3], timeDeltas: [1] }, /^timeDeltas: 2 samples and 1 timeDeltas; expected one for each sample/],
    [{ nodes: [{ ...NODES[1], children: [2] }] }, /^nodes: node 2 is its own caller; expected a tree/],
  ])('%j', (change, message) => {
    expect(() => parse(change)).toThrow(FormatError);
    expect(() => parse(change)).toThrow(message);
  });

  it('names the line at which the text stops being JSON', () => {
    expect(() => parseCpuProfile('{\n"nodes": [\n{]', '')).toThrow(/^line 3: not JSON; expected/);
    expect(() => parseCpuProfile('{\n"nodes": [\n', '')).toThrow(/^line 3: .*; expected a \.cpuprofile/);
  });
});
