import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import type { InstallReceipt } from '../../src/model/install-method.js';
import { freePort } from './free-port.js';

const PROGRAM = join(PACKAGE_ROOT, 'test', 'fixtures', 'fake-service', 'fake-service.mjs');

export const SERVICE_PORT = await freePort();

/** A service of a manifest, as data: this Node with the fake service. */
export function fakeService(mode: string, over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    title: 'Store',
    install: [{ method: 'existing', variable: 'GATEBENCH_FAKE_BIN' }],
    version: { command: ['{entry}', '--version'], pattern: 'v(\\S+)' },
    prepare: [['{entry}', PROGRAM, 'prepare']],
    command: ['{entry}', PROGRAM, 'serve', '{port}', mode],
    port: SERVICE_PORT,
    ready: { timeoutS: 10 },
    afterStart: [['{entry}', PROGRAM, 'ask', '{port}']],
    stop: { signal: 'SIGTERM', graceS: 5 },
    ...over,
  };
}

/** A receipt as if `setup` had installed the service too. */
export function withService(receipt: InstallReceipt): InstallReceipt {
  const store = { entry: process.execPath, version: process.versions.node, method: 'existing', pinnedBy: 'nothing' };
  return { ...receipt, services: { store } };
}
