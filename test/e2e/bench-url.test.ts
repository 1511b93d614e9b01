import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { localDriver } from '../../src/gateway/drivers.js';
import { findInstallation, installFolder } from '../../src/install/receipt.js';
import { rootsOf } from '../../src/lib/roots.js';
import { workFolder } from '../../src/lib/temporary-folder.js';
import { NO_LAUNCH_CHANGE } from '../../src/model/launch-overrides.js';
import { CellRecord } from '../../src/model/record.js';
import { findGateway, readGateways } from '../../src/store/gateways.js';
import { cli } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

const roots = rootsOf();
const gateway = findGateway(await readGateways(roots.gateways), 'nginx');
if (gateway.kind !== 'process') throw new Error('nginx runs as a process');
const found = await findInstallation(roots.installs, gateway);
if (!found.valid) process.stderr.write(`\nSKIPPED on this machine: bench --url of a real nginx: ${found.reason}\n`);

describe.skipIf(!found.valid)('a real nginx that already runs', () => {
  it('is measured whole, master and workers, and goes on', async () => {
    const work = await workFolder();
    const mockPort = await freePort();
    const port = await freePort();
    const running = await localDriver.start({
      gateway: { ...gateway, process: { ...gateway.process, port } },
      receipt: found.valid ? found.receipt : null,
      installDir: installFolder(roots.installs, gateway),
      upstream: `http://127.0.0.1:${mockPort}`,
      workDir: work.path,
      logFile: join(work.path, 'gateway.log'),
      launch: NO_LAUNCH_CHANGE,
      cpus: null,
    });
    const folder = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
    onTestFinished(async () => {
      await running.stop();
      await work.remove();
      rmSync(folder, { recursive: true, force: true });
    });
    await running.ready(new AbortController().signal);
    const scenario = join(folder, 'tiny.yaml');
    writeFileSync(scenario, stringify({ ...aScenario({ durationS: 2 }), name: 'tiny' }));
    const { exitCode, stderr } = await cli([
      ...['bench', '--url', `http://127.0.0.1:${port}/v1`, '--name', 'mine', '--scenario', scenario],
      ...['--mock-port', String(mockPort), '--no-calibration', '--retry-invalid', '0', '--out', folder],
    ]);
    expect(exitCode, stderr).toBe(0);
    const [run = ''] = readdirSync(folder).filter((name) => name.endsWith('-tiny'));
    const text = readFileSync(join(folder, run, 'cells', 'mine-v5-r1', 'record.json'), 'utf8');
    const { outcome, requests, resources, gateway: info } = CellRecord.parse(JSON.parse(text));
    expect(['ok', 'invalid'], JSON.stringify(outcome)).toContain(outcome.kind);
    expect(requests?.ok).toBeGreaterThan(0);
    expect(resources.gateway?.processesMax).toBe(1 + cpus().length);
    expect(info.runtime).toMatchObject({ kind: 'attached', pid: running.pids()[0] });
    expect(running.exit(), 'nobody stopped it').toBeNull();
  });
});
