// Bundles what pages run in the browser into dist/flame-page/, dist/report-page/ and dist/watch-page/, or below the folder
// that is given.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = resolve(process.argv[2] ?? join(root, 'dist'));
const uplotStyle = createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css');

const PAGES = [
  { name: 'flame-page', source: 'src/flamegraph/browser', styles: ['page.css', 'chart.css', 'views.css'] },
  {
    name: 'report-page',
    source: 'src/report/browser',
    styles: [uplotStyle, 'page.css', 'answer.css', 'controls.css', 'charts.css', 'gates.css', 'print.css'],
  },
  { name: 'watch-page', source: 'src/watch/browser', styles: ['watch.css'] },
];

for (const { name, source, styles } of PAGES) {
  const from = join(root, source);
  const bundle = await rolldown({
    input: join(from, 'main.ts'),
    platform: 'browser',
    tsconfig: join(from, 'tsconfig.json'),
  });
  mkdirSync(join(outDir, name), { recursive: true });
  await bundle.write({ file: join(outDir, name, 'page.js'), format: 'iife', minify: true });
  await bundle.close();
  const texts = styles.map((style) => readFileSync(resolve(from, style), 'utf8'));
  writeFileSync(join(outDir, name, 'page.css'), texts.join('\n'));
}
