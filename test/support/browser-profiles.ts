/**
 * Small profiles in the forms that browsers and their tools write, made by hand. In all of them `main` calls `parse`, and
 * the figures are easy to add up.
 */

const frame = (functionName: string, url = '', lineNumber = -1) => ({
  functionName,
  scriptId: '1',
  url,
  lineNumber,
  columnNumber: lineNumber < 0 ? -1 : 4,
});

/** V8's nodes: root, main, parse, (program), (idle). */
const NODES = [
  { id: 1, callFrame: frame('(root)') },
  { id: 2, callFrame: frame('main', 'file:///srv/app.js', 0), parent: 1 },
  { id: 3, callFrame: frame('parse', 'file:///srv/node_modules/qs/lib/parse.js', 9), parent: 2 },
  { id: 4, callFrame: frame('(program)'), parent: 1 },
  { id: 5, callFrame: frame('(idle)'), parent: 1 },
];

/** Of two threads. The second one's name comes last, and its chunks from a thread of the profiler. */
export const CHROME_TRACE = [
  { name: 'RunTask', ph: 'X', pid: 7, tid: 70, ts: 900, dur: 50, args: {} },
  { name: 'thread_name', ph: 'M', pid: 7, tid: 70, ts: 0, args: { name: 'CrRendererMain' } },
  { name: 'Profile', ph: 'P', pid: 7, tid: 70, id: '0x1', ts: 1000, args: { data: { startTime: 1000 } } },
  {
    name: 'ProfileChunk',
    ph: 'P',
    pid: 7,
    tid: 79,
    id: '0x1',
    ts: 1300,
    args: { data: { cpuProfile: { nodes: NODES.slice(0, 2), samples: [2, 2] }, timeDeltas: [100, 100] } },
  },
  { name: 'ProfileChunk', ph: 'P', pid: 7, tid: 79, id: '0x1', ts: 1400, args: {} },
  {
    name: 'ProfileChunk',
    ph: 'P',
    pid: 7,
    tid: 79,
    id: '0x1',
    ts: 1900,
    args: {
      data: { cpuProfile: { nodes: NODES.slice(2), samples: [3, 5, 4] }, timeDeltas: [100, 300, 200], endTime: 1900 },
    },
  },
  { name: 'Profile', ph: 'P', pid: 7, tid: 71, id: '0x2', ts: 1000, args: { data: { startTime: 1000 } } },
  {
    name: 'ProfileChunk',
    ph: 'P',
    pid: 7,
    tid: 79,
    id: '0x2',
    ts: 1600,
    args: { data: { cpuProfile: { nodes: NODES, samples: [2, 3] }, timeDeltas: [50, 500], endTime: 1600 } },
  },
  { name: 'thread_name', ph: 'M', pid: 7, tid: 71, ts: 0, args: { name: 'DedicatedWorker thread' } },
];

/** As v8-profiler and Chrome before 58 wrote it: a tree, times in seconds, lines from 1. */
export const OLDER_CPU_PROFILE = {
  typeId: 'CPU',
  head: {
    functionName: '(root)',
    url: '',
    lineNumber: 0,
    hitCount: 0,
    id: 1,
    children: [
      {
        functionName: 'main',
        url: '/srv/app.js',
        lineNumber: 1,
        hitCount: 2,
        id: 2,
        children: [{ functionName: 'parse', url: '/srv/app.js', lineNumber: 10, hitCount: 1, id: 3, children: [] }],
      },
      { functionName: '(idle)', url: '', lineNumber: 0, hitCount: 1, id: 4, children: [] },
    ],
  },
  startTime: 5,
  endTime: 5,
  samples: [2, 3, 2, 4],
  timestamps: [5_000_100, 5_000_200, 5_000_500, 5_000_600],
};

export const HEAP_PROFILE = {
  head: {
    callFrame: frame('(root)'),
    selfSize: 0,
    id: 1,
    children: [
      {
        callFrame: frame('main', 'file:///srv/app.js', 0),
        selfSize: 100,
        id: 2,
        children: [{ callFrame: frame('parse', 'file:///srv/app.js', 9), selfSize: 400, id: 3, children: [] }],
      },
    ],
  },
  samples: [],
};

/** As samply writes it, version 60 and later: tables are shared, and each sample says how much CPU time passed. */
export const PROCESSED_PROFILE = {
  meta: {
    interval: 1,
    startTime: 1_700_000_000_000,
    product: 'app',
    importedFrom: 'samply',
    preprocessedProfileVersion: 60,
    categories: [
      { name: 'Other', color: 'grey' },
      { name: 'Kernel', color: 'orange' },
    ],
    sampleUnits: { time: 'ms', eventDelay: 'ms', threadCPUDelta: 'µs' },
  },
  libs: [{ name: 'app', path: '/srv/app', debugName: 'app' }],
  shared: {
    stringArray: ['main', 'parse', 'copy', '0x1f00', 'sys_read', 'app.rs', 'app'],
    stackTable: { prefix: [null, 0, 1, 1, 0], frame: [0, 1, 2, 3, 4], length: 5 },
    frameTable: {
      func: [0, 1, 2, 3, 4],
      category: [0, 0, 0, 0, 1],
      inlineDepth: [0, 0, 1, 0, 0],
      address: [16, 32, 32, 7936, -1],
      line: [3, 9, 12, null, null],
      length: 5,
    },
    funcTable: {
      name: [0, 1, 2, 3, 4],
      isJS: [false, false, false, false, false],
      resource: [0, 0, 0, 0, -1],
      fileName: [5, 5, 5, null, null],
      lineNumber: [null, null, null, null, null],
      length: 5,
    },
    resourceTable: { lib: [0], name: [6], length: 1 },
  },
  threads: [
    {
      name: 'app',
      pid: '41',
      tid: 41,
      samples: {
        stack: [0, 2, 3, 4, null],
        timeDeltas: [10, 1, 1, 1, 1],
        weight: null,
        weightType: 'samples',
        threadCPUDelta: [5, 900, 400, 100, 0],
        length: 5,
      },
    },
    {
      name: 'worker',
      pid: '41',
      tid: 42,
      samples: {
        stack: [1, 1],
        time: [11, 12],
        weight: [1, 7],
        weightType: 'samples',
        threadCPUDelta: [0, 0],
        length: 2,
      },
    },
  ],
};

const table = (schema: Record<string, number>, data: unknown[][]) => ({ schema, data });

/** As Firefox writes it: rows with a schema, libraries by address, a child process. */
export const GECKO_PROFILE = {
  meta: { version: 27, interval: 2, stackwalk: 1, startTime: 1_700_000_000_000, processType: 0, product: 'Firefox' },
  libs: [{ name: 'libxul.so', path: '/usr/lib/firefox/libxul.so', start: 4096, end: 8192 }],
  threads: [
    {
      name: 'GeckoMain',
      pid: 51,
      tid: 51,
      samples: table({ stack: 0, time: 1, eventDelay: 2 }, [
        [2, 0.5, 0],
        [2, 2.5, 0],
        [3, 4.5, 0],
        [null, 6.5, 0],
      ]),
      stackTable: table({ prefix: 0, frame: 1 }, [
        [null, 0],
        [0, 1],
        [1, 2],
        [0, 3],
      ]),
      frameTable: table({ location: 0, line: 5 }, [[0], [1], [2], [3]]),
      stringTable: ['(root)', 'main (https://x.org/app.js:1:3)[4]', 'parse (https://x.org/app.js:9:1)', '0x1004'],
    },
  ],
  processes: [
    {
      meta: {},
      libs: [],
      threads: [
        {
          name: 'Web Content',
          pid: 52,
          tid: 52,
          samples: table({ stack: 0, time: 1 }, [[0, 1]]),
          stackTable: table({ prefix: 0, frame: 1 }, [[null, 0]]),
          frameTable: table({ location: 0 }, [[0]]),
          stringTable: ['0x99999'],
        },
      ],
      processes: [],
    },
  ],
};
