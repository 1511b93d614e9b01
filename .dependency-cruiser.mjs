/** The import table of docs/architecture.md, enforced. Each rule says why. */
const room = (name) => `^src/${name}/`;
const anyRoom = '^src/';

/** Rooms and what they may import besides themselves and packages. */
const mayImport = {
  model: [],
  lib: [],
  plan: ['model'],
  stacks: ['model'],
  analysis: ['model'],
  report: ['model', 'analysis', 'stacks'],
  drivers: ['model', 'lib'],
  load: ['model', 'lib'],
  sample: ['model', 'lib'],
  profile: ['model', 'lib', 'stacks'],
  store: ['model', 'lib'],
  cloud: ['model', 'lib'],
};

const tableRules = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `${name}-imports`,
  comment: `${name} may import ${allowed.join(', ') || 'nothing local'}: imports point one way`,
  severity: 'error',
  from: { path: room(name) },
  to: { path: anyRoom, pathNot: [name, ...allowed].map(room) },
}));

export default {
  forbidden: [
    ...tableRules,
    {
      name: 'run-imports',
      comment: 'run is handed its engines and drivers; of the plug-in rooms it knows the interface files only',
      severity: 'error',
      from: { path: room('run') },
      to: {
        path: anyRoom,
        pathNot: [
          ...['run', 'model', 'lib', 'store', 'plan', 'analysis'].map(room),
          '^src/load/engine\\.ts$',
          '^src/drivers/(gateway|mock)-driver\\.ts$',
          '^src/sample/sampler-interface\\.ts$',
          '^src/profile/profiler\\.ts$',
        ],
      },
    },
    {
      name: 'selfbench-imports',
      comment: 'selfbench is handed its engines, and writes its tables with what the report is written with',
      severity: 'error',
      from: { path: room('selfbench') },
      to: {
        path: anyRoom,
        pathNot: [...['selfbench', 'model', 'lib', 'report'].map(room), '^src/load/engine\\.ts$'],
      },
    },
    {
      name: 'only-main-imports-commands',
      comment: 'commands are the outermost room: argv to action, nothing to reuse',
      severity: 'error',
      from: { path: anyRoom, pathNot: ['^src/main\\.ts$', room('commands')] },
      to: { path: room('commands') },
    },
    {
      name: 'mock-is-a-program-of-its-own',
      comment: 'HTTP is the contract between the harness and the mock upstream',
      severity: 'error',
      from: { path: '^mock-upstream/' },
      to: { path: '^src/' },
    },
    {
      name: 'harness-does-not-import-the-mock',
      comment: 'HTTP is the contract between the harness and the mock upstream',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^mock-upstream/' },
    },
    {
      name: 'pure-rooms-touch-nothing',
      comment: 'plan, stacks, analysis and report are values in, values out: no files, processes, sockets or clocks',
      severity: 'error',
      from: { path: '^src/(plan|stacks|analysis|report)/' },
      to: {
        path: '^(node:)?(fs|child_process|net|http|https|os|process|dns|cluster|worker_threads|timers|perf_hooks)(/|$)',
        dependencyTypes: ['core'],
      },
    },
    {
      name: 'no-cycles',
      comment: 'a cycle means that two files are one idea, or that one of them knows too much',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'a file that nobody imports is dead, unless it is a program',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^src/main\\.ts$', 'mock-upstream/main\\.ts$'] },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
