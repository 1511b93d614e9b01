import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { cli } from '../support/cli.js';
import { DIRECT, FAKE_ENVIRONMENT, fakeManifest, gatewaysFolder } from '../support/fake-gateway.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

const MOCK_PORT = await freePort();

let gateways: { path: string; remove(): Promise<void> };
let folder: string;
let common: string[];
let environment: Record<string, string>;

beforeAll(async () => {
  gateways = await gatewaysFolder([
    DIRECT,
    fakeManifest('fake', await freePort(), 'ok'),
    fakeManifest('stalling', await freePort(), 'stalls-1500'),
  ]);
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  const scenario = join(folder, 'short.yaml');
  // A whole stall is in each window.
  const { upstream, ...rest } = aScenario({ vus: [10], warmupS: 0.2, durationS: 4.5, idleS: 0, recoveryS: 0 });
  await writeFile(scenario, stringify({ ...rest, upstream: { ...upstream, latency: '10ms' } }));
  environment = { ...FAKE_ENVIRONMENT, GATEBENCH_INSTALL_DIR: join(folder, 'installs') };
  const where = ['--gateways-dir', gateways.path, '--mock-port', String(MOCK_PORT), '--out', join(folder, 'results')];
  common = ['capacity', ...where, '--scenario', scenario, '--no-calibration'];
});
afterAll(async () => {
  await gateways.remove();
  await rm(folder, { recursive: true, force: true });
});

describe('gatebench capacity', () => {
  it.each([
    [[], /no objective: the most load of what\?[\s\S]*--objective 'p99<=100ms/],
    [['--objective', 'fast'], /"fast" is not an objective: write such as/],
    [['--objective', 'p99<=1s', '--objective', 'p99<=1s'], /"p99<=1s" is given twice/],
    [['--objective', 'p99<=1s', '--from', '10', '--max', '5'], /begins at 10 VUs and is to end at 5 VUs/],
    [['--frontier', '-g', 'direct'], /a limit on what is added needs a gateway that adds it/],
    [['--objective', 'p99<=1s', '--vus', '5'], /unknown option '--vus'/],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stderr } = await cli([...common, ...args], environment);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it('finds that a gateway which stops for seconds does not keep a limit that others keep, and reports it', async () => {
    const limits = ['-g', 'fake,stalling', '--objective', 'p99<=500ms', '--max-windows', '1', '--json'];
    const { exitCode, stdout, stderr } = await cli([...common, ...limits], environment);
    expect(stderr).toContain('the most VUs that keep p99<=500ms: from 10, at most 2000');
    expect(exitCode).toBe(0);
    const { capacity, run } = JSON.parse(stdout);
    expect(capacity).toMatchObject([
      { label: 'fake', kind: 'unfinished', levels: [{ level: 10, status: 'leans-pass', stalls: 0 }] },
      { label: 'stalling', kind: 'unfinished', levels: [{ level: 10, status: 'leans-fail' }] },
    ]);
    const report = await cli(['report', join(folder, 'results', run.id)], environment);
    expect(report.stdout).toMatch(/^Capacity$[\s\S]*^Levels of Fake ok$/m);
  });
});
