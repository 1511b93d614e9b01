import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localDriver } from '../../src/gateway/drivers.js';
import { findInstallation, installFolder } from '../../src/install/receipt.js';
import { httpRequest } from '../../src/lib/http.js';
import { isListening, listenersOf } from '../../src/lib/listeners.js';
import { rootsOf } from '../../src/lib/roots.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { workFolder } from '../../src/lib/temporary-folder.js';
import { NO_LAUNCH_CHANGE } from '../../src/model/launch-overrides.js';
import { TreeSampler } from '../../src/sampling/tree-sampler.js';
import { findGateway, readGateways } from '../../src/store/gateways.js';

const roots = rootsOf();
const gateway = findGateway(await readGateways(roots.gateways), 'nginx');
if (gateway.kind !== 'process') throw new Error('nginx runs as a process');
const found = await findInstallation(roots.installs, gateway);
if (!found.valid)
  process.stderr.write(`\nSKIPPED on this machine: master and workers of a real nginx: ${found.reason}\n`);

/** How a master with workers lives: nginx here, and Kong, which is an nginx, in the same way. */
describe.skipIf(!found.valid)('a real nginx, master and workers', () => {
  const { port } = gateway.process;
  const start = async (upstream = 'http://127.0.0.1:9') => {
    const work = await workFolder();
    const running = await localDriver.start({
      gateway,
      receipt: found.valid ? found.receipt : null,
      installDir: installFolder(roots.installs, gateway),
      upstream,
      workDir: work.path,
      logFile: `${work.path}/gateway.log`,
      launch: NO_LAUNCH_CHANGE,
      cpus: null,
    });
    expect(await waitUntil(() => listenersOf(port, running.pids()).length > 0, 10_000)).toBe(true);
    expect(await waitUntil(() => running.pids().length === 1 + cpus().length, 10_000)).toBe(true);
    return { running, work };
  };

  it('is measured whole: PSS counts what they share once', async () => {
    const { running, work } = await start();
    const sample = await new TreeSampler().sample(running.pids());
    expect(sample?.processes).toBe(1 + cpus().length);
    expect(sample?.pssBytes).toBeLessThan(sample?.rssBytes ?? 0);
    expect(await running.stop()).toEqual({ graceful: true, portsFree: true });
    expect(running.pids()).toEqual([]);
    await work.remove();
  });

  it('leaves no worker behind when its master is killed', async () => {
    const { running, work } = await start();
    const master = running.pids()[0] ?? 0;
    process.kill(master, 'SIGKILL');
    expect(await running.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(running.pids().length, 'the workers outlive their master').toBeGreaterThan(0);
    await running.stop();
    expect(running.pids()).toEqual([]);
    expect(isListening(port)).toBe(false);
    await work.remove();
  });

  it('fails at once, with the line that says why, where no worker can start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    const plain = await readFile(join(gateway.folder, 'nginx.conf'), 'utf8');
    await writeFile(join(folder, 'nginx.conf'), `working_directory {work}/missing;\n${plain}`);
    const { files } = gateway.process;
    const work = await workFolder();
    const running = await localDriver.start({
      gateway: {
        ...gateway,
        folder,
        process: {
          ...gateway.process,
          files: files.map((file) => ({ ...file, template: 'nginx.conf' })),
          health: { ...gateway.process.health, timeoutS: 600 },
        },
      },
      receipt: found.valid ? found.receipt : null,
      installDir: installFolder(roots.installs, gateway),
      upstream: 'http://127.0.0.1:9',
      workDir: work.path,
      logFile: `${work.path}/gateway.log`,
      launch: NO_LAUNCH_CHANGE,
      cpus: null,
    });
    try {
      await expect(running.ready(new AbortController().signal)).rejects.toThrow(
        /a worker died at its start and is not replaced: .*chdir\(.*missing"\) failed \(2: No such file or directory\)/,
      );
      expect(running.exit(), 'the master lives on, and holds the port').toBeNull();
    } finally {
      await running.stop();
      await Promise.all([work.remove(), rm(folder, { recursive: true })]);
    }
  });

  // Bodies above client_body_buffer_size are written to a file, by a worker: as `nobody`, where this is root.
  it('passes a body on that a worker has to keep in a file', async () => {
    const server = createServer(async (request, response) => {
      let bytes = 0;
      for await (const chunk of request) bytes += chunk.length;
      response.end(String(bytes));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address() as AddressInfo;
    const { running, work } = await start(`http://127.0.0.1:${address.port}`);
    try {
      const body = 'x'.repeat(200_000);
      const response = await httpRequest(`${running.origin}/`, { method: 'POST', body, timeoutMs: 10_000 });
      expect([response.status, response.body]).toEqual([200, '200000']);
    } finally {
      await running.stop();
      await work.remove();
      server.close();
    }
  });
});
