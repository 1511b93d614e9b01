/**
 * The layers of docs/architecture.md, enforced. A layer may import the layers on the lines below its own, and `model`,
 * `lib` and `common/`; layers on one line don't import one another. Each rule says why.
 */
const LINES = [
  ['cli'],
  ['app'],
  ['watch'],
  ['run', 'flamegraph'],
  ['plan', 'gateway', 'install', 'upstream', 'load', 'sampling', 'profilers', 'report', 'cloud'],
  ['analysis', 'profiles', 'store', 'remote'],
];
const EVERYWHERE = ['model', 'lib'];

const layer = (name) => `^src/${name}/`;
const anyLayer = '^src/';

const layerRules = LINES.flatMap((line, depth) => {
  const below = LINES.slice(depth + 1).flat();
  return line.map((name) => ({
    name: `${name}-imports`,
    comment: `${name} may import ${[...below, ...EVERYWHERE].join(', ')}: imports point one way`,
    severity: 'error',
    from: { path: layer(name) },
    to: { path: anyLayer, pathNot: [name, ...below, ...EVERYWHERE].map(layer) },
  }));
});

export default {
  forbidden: [
    ...layerRules,
    {
      name: 'model-imports',
      comment: 'model is schemas and types: it depends on nothing of the harness',
      severity: 'error',
      from: { path: layer('model') },
      to: { path: anyLayer, pathNot: layer('model') },
    },
    {
      name: 'lib-imports',
      comment: 'lib holds small general parts: it knows the model and nothing else of the harness',
      severity: 'error',
      from: { path: layer('lib') },
      to: { path: anyLayer, pathNot: EVERYWHERE.map(layer) },
    },
    {
      name: 'only-main-imports-cli',
      comment: 'cli is the outermost layer: options in, text and exit code out, nothing to reuse',
      severity: 'error',
      from: { path: anyLayer, pathNot: ['^src/main\\.ts$', layer('cli')] },
      to: { path: layer('cli') },
    },
    {
      name: 'common-stands-alone',
      comment: 'common is what harness and mock both need: it depends on neither',
      severity: 'error',
      from: { path: '^common/' },
      to: { path: '^(src|mock-upstream)/' },
    },
    {
      name: 'mock-is-a-program-of-its-own',
      comment: 'HTTP is the contract between the harness and the mock upstream; they share common/ alone',
      severity: 'error',
      from: { path: '^mock-upstream/' },
      to: { path: '^src/' },
    },
    {
      name: 'harness-does-not-import-the-mock',
      comment: 'HTTP is the contract between the harness and the mock upstream; they share common/ alone',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^mock-upstream/' },
    },
    {
      name: 'pure-layers-touch-nothing',
      comment:
        'values in, values out: no files, processes, sockets or clocks; the timer that harness and mock share is one',
      severity: 'error',
      from: { path: '^(src/(plan|profiles|analysis|report|flamegraph|watch)|common)/', pathNot: '^common/timer/' },
      to: {
        path: '^(node:)?(fs|child_process|net|http|https|os|process|dns|cluster|worker_threads|timers|perf_hooks)(/|$)',
        dependencyTypes: ['core'],
      },
    },
    {
      name: 'profiles-one-way',
      comment:
        'in profiles, analysis reads what categories makes of what formats parse, named by symbols; nothing goes back',
      severity: 'error',
      from: { path: '^src/profiles/(formats|symbols|categories)/' },
      to: { path: '^src/profiles/analysis/' },
    },
    {
      name: 'formats-and-categories-apart',
      comment:
        'a format knows nothing of categories, a category nothing of formats; both may use symbols, which uses neither',
      severity: 'error',
      from: { path: '^src/profiles/(formats|symbols|categories)/' },
      to: { path: '^src/profiles/(formats|categories)/', pathNot: '^src/profiles/$1/' },
    },
    {
      name: 'report-page-is-light',
      comment:
        'what a browser runs is in every report: it draws what the page was made with, and knows nothing else of the harness',
      severity: 'error',
      from: { path: '^src/report/browser/' },
      to: {
        path: anyLayer,
        pathNot: [
          '^src/report/browser/',
          '^src/report/page/(page-data|percentiles)\\.ts$',
          '^src/analysis/percentile-samples\\.ts$',
          '^src/lib/format\\.ts$',
        ],
      },
    },
    {
      name: 'browser-code-stays-there',
      comment: 'it needs a document; its bundle is what the rest of the program knows',
      severity: 'error',
      from: { path: anyLayer, pathNot: '^src/(report|flamegraph)/browser/' },
      to: { path: '^src/(report|flamegraph)/browser/' },
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
