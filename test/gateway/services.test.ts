import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localDriver } from '../../src/gateway/drivers.js';
import { isListening } from '../../src/lib/listeners.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { readProcess } from '../../src/lib/process-table.js';
import { workFolder } from '../../src/lib/temporary-folder.js';
import { NO_LAUNCH_CHANGE } from '../../src/model/launch-overrides.js';
import { fakeGateway, receipt } from '../support/cell-runner.js';
import { fakeService, SERVICE_PORT, withService } from '../support/fake-service.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('\nSKIPPED on this machine: services of another user: only root can start them\n');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  expect(isListening(SERVICE_PORT)).toBe(false);
});

/** Start a fake gateway with a service beside it. */
async function start(mode: string, over: Record<string, unknown> = {}) {
  const work = await workFolder();
  const gateway = fakeGateway('ok', {}, { services: { store: fakeService(mode, over) } });
  try {
    const running = await localDriver.start({
      gateway,
      receipt: withService(receipt),
      installDir: PACKAGE_ROOT,
      upstream: 'http://127.0.0.1:9',
      workDir: work.path,
      logFile: join(folder, 'gateway.log'),
      launch: NO_LAUNCH_CHANGE,
      cpus: null,
    });
    return { running, work, stop: () => running.stop().finally(() => work.remove()) };
  } catch (error) {
    await work.remove();
    throw error;
  }
}

const log = () => readFile(join(folder, 'service-store.log'), 'utf8');

describe('a service beside a gateway', () => {
  it('is prepared and ready before the gateway, counted apart from it, and ended with it', async () => {
    const { running, stop } = await start('ok');
    expect(isListening(SERVICE_PORT)).toBe(true);
    await running.ready(new AbortController().signal);
    const services = running.servicePids();
    expect(services).toHaveLength(1);
    expect(running.pids()).not.toEqual(expect.arrayContaining(services));
    expect(await stop()).toEqual({ graceful: true, portsFree: true });
    expect(services.map(readProcess).filter((row) => row !== null && row.state !== 'Z')).toEqual([]);
    expect(await log()).toContain('fake service, yes, uid');
  });

  it('ends the gateway’s cell when it dies, and says that it did', async () => {
    const { running, stop } = await start('dies');
    const exit = await running.exited;
    expect(exit).toMatchObject({ exitCode: 7, evidence: expect.stringContaining('Store of fake') });
    expect(running.exit()).toEqual(exit);
    await stop();
  });

  it.each([
    [
      'ends at once',
      'exit',
      {},
      /Store of fake ended with exit code 3 before it was ready: .*cannot open the database/,
    ],
    ['never listens', 'deaf', { ready: { timeoutS: 1 } }, /Store of fake was not ready on port \d+ within 1 s/],
    [
      'is never ready',
      'ok',
      { ready: { timeoutS: 1, command: ['{entry}', '-e', 'process.exit(1)'] } },
      /was not ready on port \d+ within 1 s/,
    ],
    [
      'can’t be prepared',
      'ok',
      { prepare: [['{entry}', '-e', 'console.log("disk full"); process.exit(4)']] },
      /"node" of Store of fake ended with exit code 4: disk full/,
    ],
    ['fails after its start', 'ok', { afterStart: [['{entry}', '-e', 'process.exit(5)']] }, /ended with exit code 5/],
    ['is unknown to the manifest’s user', 'ok', { user: 'nobody-of-that-name' }, isRoot ? /no user nobody-of/ : /^$/],
  ])('leaves nothing behind where it %s', async (_what, mode, over, message) => {
    if (String(message) === '/^$/') return;
    await expect(start(mode, over)).rejects.toMatchObject({
      name: 'ExpectedError',
      message: expect.stringMatching(message),
    });
    expect(isListening(SERVICE_PORT)).toBe(false);
  });

  it.skipIf(!isRoot)('runs as another user where gatebench is root, in a folder of his own', async () => {
    const { stop } = await start('ok', { user: 'nobody' });
    await stop();
    expect(await log()).toContain('fake service, yes, uid 65534');
  });

  it('is needed in the receipt', async () => {
    const gateway = fakeGateway('ok', {}, { services: { store: fakeService('ok') } });
    const attempt = localDriver.start({
      gateway,
      receipt,
      installDir: '/',
      upstream: 'http://127.0.0.1:9',
      workDir: folder,
      logFile: join(folder, 'gateway.log'),
      launch: NO_LAUNCH_CHANGE,
      cpus: null,
    });
    await expect(attempt).rejects.toThrow('Store of fake is not installed');
  });
});
