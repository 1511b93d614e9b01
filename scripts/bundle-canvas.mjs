// Bundles chartjs-node-canvas into dist/chart-canvas/: by itself, it would bring its own canvas, which needs Cairo, to whoever
// installs the package, since npm heeds the overrides of a checkout alone. From here it finds the canvas that gatebench depends on.
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, 'dist/chart-canvas');

rmSync(outDir, { recursive: true, force: true });
const bundle = await rolldown({
  input: createRequire(import.meta.url).resolve('chartjs-node-canvas'),
  platform: 'node',
  external: ['canvas', 'chart.js/auto'],
});
await bundle.write({ dir: outDir, format: 'cjs', entryFileNames: 'index.cjs' });
await bundle.close();
