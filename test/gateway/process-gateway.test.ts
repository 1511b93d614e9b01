import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localDriver } from '../../src/gateway/drivers.js';
import { workFolder } from '../../src/lib/temporary-folder.js';
import { NO_LAUNCH_CHANGE } from '../../src/model/launch-overrides.js';
import { fakeGateway, receipt } from '../support/cell-runner.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot)
  process.stderr.write('\nSKIPPED on this machine: gateways that drop their privileges: only root can drop any\n');

let folder: string;
let umask: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  await writeFile(join(folder, 'config'), 'key: dummy\n');
  umask = process.umask();
});
afterEach(async () => {
  process.umask(umask);
  await rm(folder, { recursive: true, force: true });
});

/** Start a fake gateway in a work folder of its own. */
async function start(mode: string, process_: Record<string, unknown> = {}) {
  const work = await workFolder();
  const running = await localDriver.start({
    gateway: fakeGateway(mode, process_),
    receipt,
    installDir: '/',
    upstream: 'http://127.0.0.1:9',
    workDir: work.path,
    logFile: join(folder, 'gateway.log'),
    launch: NO_LAUNCH_CHANGE,
    cpus: null,
  });
  const end = async () => {
    await running.stop();
    await work.remove();
  };
  return { running, work, end };
}

describe.skipIf(!isRoot)('a gateway that becomes another user', () => {
  it.each(['022', '077'])('reaches its configuration and what it made for him, with umask %s here', async (octal) => {
    const mask = Number.parseInt(octal, 8);
    process.umask(mask);
    const files = [{ template: relative('/', join(folder, 'config')), to: 'etc/config' }];
    const { running, work, end } = await start('unprivileged', { files });
    try {
      await running.ready(new AbortController().signal);
      expect((await stat(join(work.path, 'cache', 'data'))).uid).not.toBe(0);
      expect(process.umask(), 'the umask of gatebench itself stays').toBe(mask);
      // Others may enter, but neither list nor write.
      expect((await stat(work.path)).mode & 0o777).toBe(0o711);
    } finally {
      await end();
    }
  });
});
