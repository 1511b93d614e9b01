// Bundles what a flame graph's page runs in the browser into dist/flame-page/, or the folder that is given.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src/flamegraph/browser');
const outDir = resolve(process.argv[2] ?? join(root, 'dist/flame-page'));

const bundle = await rolldown({
  input: join(source, 'main.ts'),
  platform: 'browser',
  tsconfig: join(source, 'tsconfig.json'),
});
mkdirSync(outDir, { recursive: true });
await bundle.write({ file: join(outDir, 'page.js'), format: 'iife', minify: true });
await bundle.close();
const styles = ['page.css', 'chart.css', 'views.css'].map((name) => readFileSync(join(source, name), 'utf8'));
writeFileSync(join(outDir, 'page.css'), styles.join('\n'));
