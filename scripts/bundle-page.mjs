// Bundles what a flame graph's page runs in the browser into dist/flame-page/, or the folder that is given.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src/flamegraph/browser');
const outDir = resolve(process.argv[2] ?? join(root, 'dist/flame-page'));

/** Every page carries these libraries, and their licences ask for the notice. */
function notice(name, holder) {
  const { version, license } = JSON.parse(readFileSync(join(root, `node_modules/${name}/package.json`), 'utf8'));
  return `${name} ${version}, ${license}, ${holder}`;
}
const banner = `/*! Contains ${notice('d3-flame-graph', 'Copyright Martin Spier and contributors')}; and ${notice('d3-selection', 'Copyright 2010-2021 Mike Bostock')}, with other parts of d3. Permission to use, copy, modify, and/or distribute d3 for any purpose with or without fee is hereby granted, provided that this notice appears in all copies. It is provided "as is", without warranties of any kind. */`;

const bundle = await rolldown({
  input: join(source, 'main.ts'),
  platform: 'browser',
  tsconfig: join(source, 'tsconfig.json'),
  // The library imports its style sheet, which the page has a part of in its own.
  plugins: [
    { name: 'no-style-sheets', load: (id) => (id.endsWith('.css') ? { code: '', moduleType: 'empty' } : null) },
  ],
});
mkdirSync(outDir, { recursive: true });
await bundle.write({ file: join(outDir, 'page.js'), format: 'iife', minify: true, postBanner: banner });
await bundle.close();
const styles = ['page.css', 'chart.css'].map((name) => readFileSync(join(source, name), 'utf8'));
writeFileSync(join(outDir, 'page.css'), styles.join('\n'));
