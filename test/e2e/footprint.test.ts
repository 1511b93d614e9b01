import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Footprints, type GatewayFootprint } from '../../src/model/footprint.js';
import { gatewayLabel } from '../../src/model/resolved-gateway.js';
import { cli } from '../support/cli.js';
import { installedLabels, SPARED } from './installed.js';

const labels = (await installedLabels()).filter((label) => !SPARED.includes(label));
const STARTS = 2;

describe('the footprint of real gateways', () => {
  let folder: string;
  const found = new Map<string, GatewayFootprint>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatebench-e2e-'));
    const { exitCode, stderr } = await cli([
      'footprint',
      ...labels,
      '--starts',
      String(STARTS),
      '--warm',
      '--out',
      folder,
    ]);
    process.stderr.write(stderr);
    expect(exitCode).toBe(0);
    const { footprints } = Footprints.parse(JSON.parse(await readFile(join(folder, 'footprint.json'), 'utf8')));
    for (const each of footprints) found.set(gatewayLabel({ name: each.gateway, variant: each.variant }), each);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(labels)('%s has as many starts as asked for, each longer than it is uncertain, and a size', (label) => {
    const { starts, installed } = found.get(label) ?? {};
    expect(starts).toHaveLength(STARTS);
    for (const { firstResponseS, uncertaintyS } of starts ?? []) expect(uncertaintyS).toBeLessThan(firstResponseS);
    expect(installed?.files).toBeGreaterThan(0);
    expect(installed?.diskBytes).toBeGreaterThanOrEqual(1);
  });

  it.skipIf(!labels.includes('nginx') || !labels.includes('litellm'))(
    'sees that nginx starts faster than LiteLLM',
    () => {
      const best = (label: string) => Math.min(...(found.get(label)?.starts ?? []).map((each) => each.firstResponseS));
      expect(best('nginx')).toBeLessThan(best('litellm'));
    },
  );
});
