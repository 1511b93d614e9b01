// Writes schema/*.schema.json from the zod schemas: `npm run schemas`, after a build.
// With --check it writes nothing and fails where a file is not as it should be.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Footprints } from '../dist/src/model/footprint.js';
import { GatewayManifest } from '../dist/src/model/gateway.js';
import { GatewaySetsFile } from '../dist/src/model/gateway-sets.js';
import { InstallReceipt } from '../dist/src/model/install-method.js';
import { LivePair, LiveRecord } from '../dist/src/model/live.js';
import { ModelPrices } from '../dist/src/model/model-prices.js';
import { PooledReport } from '../dist/src/model/pooled-report.js';
import { Prices } from '../dist/src/model/prices.js';
import { CellRecord } from '../dist/src/model/record.js';
import { Sample } from '../dist/src/model/resources.js';
import { Run } from '../dist/src/model/run.js';
import { Scenario } from '../dist/src/model/scenario.js';
import { ToolManifest } from '../dist/src/model/tool.js';

// What people write is described before defaults are filled in, what the harness writes after.
const schemas = {
  gateway: [GatewayManifest, 'input'],
  'gateway-sets': [GatewaySetsFile, 'input'],
  scenario: [Scenario, 'input'],
  tool: [ToolManifest, 'input'],
  prices: [Prices, 'input'],
  'model-prices': [ModelPrices, 'input'],
  run: [Run, 'output'],
  record: [CellRecord, 'output'],
  sample: [Sample, 'output'],
  install: [InstallReceipt, 'output'],
  footprint: [Footprints, 'output'],
  'pooled-report': [PooledReport, 'output'],
  live: [LiveRecord, 'output'],
  'live-pair': [LivePair, 'output'],
};

const folder = join(import.meta.dirname, '..', 'schema');
mkdirSync(folder, { recursive: true });
const stale = [];
for (const [name, [schema, io]] of Object.entries(schemas)) {
  const path = join(folder, `${name}.schema.json`);
  const text = `${JSON.stringify(z.toJSONSchema(schema, { io }), null, 2)}\n`;
  if (process.argv.includes('--check')) {
    let found = '';
    try {
      found = readFileSync(path, 'utf8');
    } catch {}
    if (found !== text) stale.push(path);
  } else writeFileSync(path, text);
}
if (stale.length > 0) {
  process.stderr.write(`not up to date: ${stale.join(', ')}\nrun: npm run schemas\n`);
  process.exitCode = 1;
}
