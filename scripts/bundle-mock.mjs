// Bundles the mock upstream with its library into dist/mock-bundle/: what is sent to a host that has Node and nothing else.
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, 'dist/mock-bundle');

// The whole folder is uploaded: chunks of earlier builds must not stay.
rmSync(outDir, { recursive: true, force: true });
const bundle = await rolldown({
  // The timer thread is loaded by its own name, beside main.js.
  input: ['mock-upstream/main', 'common/timer/timer-thread'].map((name) => join(root, `dist/${name}.js`)),
  platform: 'node',
  // hdr-histogram-js looks for zlib by eval('require(...)'), and goes on without where there is no require.
  checks: { eval: false },
});
await bundle.write({ dir: outDir, format: 'esm', entryFileNames: '[name].js' });
await bundle.close();
writeFileSync(join(outDir, 'package.json'), '{"type":"module"}\n');
