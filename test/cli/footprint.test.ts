import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isListening } from '../../src/lib/listeners.js';
import { Footprints } from '../../src/model/footprint.js';
import { cli } from '../support/cli.js';
import { DIRECT, FAKE_ENVIRONMENT, fakeManifest, gatewaysFolder } from '../support/fake-gateway.js';
import { ROUND_PRICES } from '../support/footprints.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

const MOCK_PORT = await freePort();
const FAKE_PORT = await freePort();
const DEAD_PORT = await freePort();

let gateways: { path: string; remove(): Promise<void> };
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  gateways = await gatewaysFolder([
    DIRECT,
    fakeManifest('fake', FAKE_PORT, 'ok'),
    fakeManifest('dead', DEAD_PORT, 'exit'),
    { ...fakeManifest('absent', 18_103, 'ok'), version: '0.0.1' },
  ]);
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  environment = { ...FAKE_ENVIRONMENT, GATEBENCH_INSTALL_DIR: join(folder, 'installs') };
});
afterAll(async () => {
  await gateways.remove();
  await rm(folder, { recursive: true, force: true });
});

/** Warm: other tests run beside these, and would have to read their files again. */
function footprint(...args: string[]) {
  const fixed = ['--gateways-dir', gateways.path, '--mock-port', String(MOCK_PORT), '--warm'];
  return cli(['footprint', ...args, ...fixed], environment);
}

const kept = async (path: string) => Footprints.parse(JSON.parse(await readFile(join(path, 'footprint.json'), 'utf8')));

it('measures what can be started, keeps it, and says what can’t', async () => {
  const out = join(folder, 'out');
  const { exitCode, stdout, stderr } = await footprint('fake', 'dead', 'absent', '--starts', '2', '--out', out);
  expect(stderr).toMatch(/absent: left out: .*0\.0\.1/);
  expect(stderr).toMatch(/^machine: /m);
  expect(stderr).toContain('page caches: left warm (--warm)');
  expect(stderr).toMatch(/dead: failed: dead ended with exit code 3/);
  expect(stderr.match(/\] fake: \d+\.\d{3} s to the first right response/g)).toHaveLength(3);
  // In brackets where other tests keep this machine busy.
  expect(stdout).toMatch(/Fake ok \d+\S+ +\(?\d+\.\d+ \[\d+\.\d+–\d+\.\d+\]\)? ¹/);
  expect(exitCode).toBe(1);
  const { footprints } = await kept(out);
  expect(footprints).toMatchObject([
    {
      gateway: 'fake',
      version: process.versions.node,
      pageCaches: { kind: 'warm', reason: '--warm' },
      starts: [{ otherCpuPercent: expect.any(Number) }, {}],
      installed: null,
    },
  ]);
  expect([MOCK_PORT, FAKE_PORT, DEAD_PORT].filter((port) => isListening(port))).toEqual([]);
});

it('is in the report of a run beside it and of the run that it was measured for, with prices of the user’s own', async () => {
  const out = join(folder, 'runs');
  const scenario = join(folder, 'tiny.yaml');
  await writeFile(scenario, stringify({ ...aScenario(), name: 'tiny' }));
  const prices = join(folder, 'prices.yaml');
  await writeFile(prices, stringify(ROUND_PRICES));
  const bench = await cli(
    ['bench', '-g', 'direct,fake', '--gateways-dir', gateways.path, '--mock-port', String(MOCK_PORT), '-s', scenario]
      .concat(['--no-calibration', '--retry-invalid', '0', '--out', out])
      .concat(['--idle', '1s']),
    environment,
  );
  expect(bench.exitCode).toBe(0);
  const run = join(out, readdirSync(out).find((name) => name.endsWith('-tiny')) ?? '');
  const reportJson = async () => JSON.parse((await cli(['report', run, '--json', '--prices', prices])).stdout).cost;
  expect(await reportJson()).toMatchObject({ machines: [{ name: 'Round' }] });

  const beside = await footprint('fake', '--starts', '1', '--out', out, '--json');
  expect(beside.exitCode).toBe(0);
  expect(JSON.parse(beside.stdout)).toMatchObject({ footprints: [{ gateway: 'fake' }], failures: [] });
  expect((await reportJson()).gateways).toMatchObject([{ gateway: 'fake', footprint: { starts: [{}] } }]);

  const own = await cli(['footprint', '--run', run, '--starts', '2', '--warm'], environment);
  expect(own.exitCode).toBe(0);
  expect((await kept(run)).footprints).toMatchObject([{ gateway: 'fake', starts: [{}, {}] }]);
  // Later than the one beside.
  expect((await reportJson()).gateways).toMatchObject([{ gateway: 'fake', footprint: { starts: [{}, {}] } }]);
  const markdown = await readFile(join(run, 'report', 'report.md'), 'utf8');
  expect(markdown).toContain('## Cost and footprint');
  expect(await readFile(join(run, 'report', 'cost.csv'), 'utf8')).toMatch(/^fake,,cold_start,s,2,/m);
});

it.each<[string, string[], RegExp]>([
  ['the direct baseline', ['direct'], /direct is no gateway/],
  ['an unknown gateway', ['fakee'], /unknown gateway "fakee"[\s\S]*did you mean fake\?/],
  ['no starts', ['fake', '--starts', '0'], /"0" is not a number of starts/],
  ['two places', ['fake', '--run', '/x', '--out', '/y'], /--run and --out both/],
  ['a run that is none', ['--run', '/nowhere'], /is not a run/],
])('refuses %s', async (_, args, message) => {
  const { exitCode, stderr } = await footprint(...args);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

it('fails where nothing can be started', async () => {
  const { exitCode, stderr } = await footprint('absent');
  expect(stderr).toMatch(/none of these gateways can be started here/);
  expect(exitCode).toBe(1);
});
