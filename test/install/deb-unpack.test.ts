import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { debUnpack } from '../../src/install/deb-unpack.js';
import { canRun, contextFor, onlyMethod, run, tinyGateway } from './support.js';

/** A package of 50 kB that every Debian and Ubuntu has. */
const METHOD = { method: 'deb-unpack', packages: ['hello'], program: 'usr/bin/hello' };

describe.skipIf(!canRun('apt-get', ['--version']) || !canRun('dpkg-deb', ['--version']))('deb-unpack', () => {
  it('unpacks a package of the system and installs nothing', async () => {
    const gateway = tinyGateway('/nowhere', [METHOD]);
    const context = await contextFor(gateway);
    const wasInstalled = existsSync('/usr/bin/hello');
    const installed = await debUnpack.install(onlyMethod(gateway, 'deb-unpack'), context);
    expect(run(installed.entry, [])).toBe('Hello, world!\n');
    expect(installed.pinnedBy).toMatch(/^apt signature \(hello \d/);
    expect(existsSync('/usr/bin/hello')).toBe(wasInstalled);
    expect(await readdir(context.target)).toEqual(['usr']);
  }, 120_000);

  it('says that there is no such package', async () => {
    const gateway = tinyGateway('/nowhere', [{ ...METHOD, packages: ['gatebench-no-such-package'] }]);
    const attempt = debUnpack.install(onlyMethod(gateway, 'deb-unpack'), await contextFor(gateway));
    await expect(attempt).rejects.toThrow('Unable to locate package gatebench-no-such-package');
  }, 120_000);
});
