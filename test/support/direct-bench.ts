import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Scenario } from '../../src/model/scenario.js';
import { DIRECT, gatewaysFolder } from './fake-gateway.js';
import { freePort } from './free-port.js';
import { aScenario } from './scenario.js';

/** What it takes to bench the mock alone, for some seconds. */
export interface DirectBench {
  /** Arguments of gatebench. */
  args: string[];
  remove(): Promise<void>;
}

/** @param replay lines of a file that is replayed */
export async function directBench(load: Partial<Scenario['load']>, replay?: readonly object[]): Promise<DirectBench> {
  const gateways = await gatewaysFolder([DIRECT]);
  const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  const scenario = join(folder, 'short.yaml');
  const request = replay === undefined ? {} : { messages: [], replay: 'lines.jsonl' };
  await writeFile(
    scenario,
    stringify({ ...aScenario(load, false, { request }), name: 'short', title: 'A short look' }),
  );
  if (replay !== undefined) {
    await writeFile(join(folder, 'lines.jsonl'), replay.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
  const port = String(await freePort());
  return {
    args: [
      ...['bench', '--gateways-dir', gateways.path, '-g', 'direct', '--scenario', scenario, '--mock-port', port],
      ...['--retry-invalid', '0', '--no-calibration', '--out', join(folder, 'results')],
    ],
    remove: async () => {
      await gateways.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
