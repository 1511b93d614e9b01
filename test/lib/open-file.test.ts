import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFile } from '../../src/lib/open-file.js';
import { waitUntil } from '../../src/lib/sleep.js';

const PAGE = '/tmp/a report/index.html';
const URL_OF_PAGE = pathToFileURL(PAGE).href;

let folder: string;
let said: string;

/** A program that says what it was called with, and ends so. */
async function program(name: string, exitCode = 0): Promise<string> {
  const path = join(folder, name);
  await writeFile(
    path,
    `#!/bin/sh\nprintf '%s\\n' ${name} "$@" > '${said}.tmp' && /bin/mv '${said}.tmp' '${said}'\nexit ${exitCode}\n`,
  );
  await chmod(path, 0o755);
  return path;
}
const saidWords = async () => (await readFile(said, 'utf8')).trim().split('\n');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  said = join(folder, 'said');
  vi.stubEnv('PATH', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const linux = (environment: NodeJS.ProcessEnv) => ({ environment, platform: 'linux' as const });

describe('openFile', () => {
  it('asks the desktop where there is a display', async () => {
    await program('xdg-open');
    for (const display of [{ DISPLAY: ':0' }, { WAYLAND_DISPLAY: 'wayland-0' }]) {
      await rm(said, { force: true });
      expect(await openFile(PAGE, linux(display))).toBeNull();
      expect(await saidWords()).toEqual(['xdg-open', URL_OF_PAGE]);
    }
  });

  it('asks macOS, which has no DISPLAY', async () => {
    await program('open');
    expect(await openFile(PAGE, { environment: {}, platform: 'darwin' })).toBeNull();
    expect(await saidWords()).toEqual(['open', URL_OF_PAGE]);
  });

  it('takes what BROWSER names, display or not', async () => {
    await program('xdg-open');
    await program('my-browser');
    expect(await openFile(PAGE, linux({ BROWSER: 'my-browser', DISPLAY: ':0' }))).toBeNull();
    expect(await saidWords()).toEqual(['my-browser', URL_OF_PAGE]);
    expect(await openFile(PAGE, linux({ BROWSER: 'not-there:my-browser --new %s --quiet' }))).toBeNull();
    expect(await saidWords()).toEqual(['my-browser', '--new', URL_OF_PAGE, '--quiet']);
    expect(await openFile(PAGE, linux({ BROWSER: join(folder, 'my-browser') }))).toBeNull();
  });

  it('says why it can’t', async () => {
    expect(await openFile(PAGE, linux({}))).toBe(
      'there is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set',
    );
    expect(await openFile(PAGE, linux({ DISPLAY: ':0' }))).toMatch(/^xdg-open is not installed/);
    expect(await openFile(PAGE, linux({ BROWSER: 'not-there' }))).toBe(
      'BROWSER is "not-there", and no such program is installed',
    );
    await program('xdg-open', 3);
    expect(await openFile(PAGE, linux({ DISPLAY: ':0' }))).toMatch(/xdg-open ended with exit code 3$/);
    await writeFile(join(folder, 'broken'), 'not a program');
    expect(await openFile(PAGE, linux({ BROWSER: join(folder, 'broken') }))).toMatch(/could not be started/);
  });

  it('doesn’t wait for a browser that runs on', async () => {
    const path = join(folder, 'stays');
    await writeFile(path, `#!/bin/sh\necho $$ > '${said}'\nexec /bin/sleep 600\n`);
    await chmod(path, 0o755);
    expect(await openFile(PAGE, linux({ BROWSER: path }))).toBeNull();
    const pid = Number(await readFile(said, 'utf8'));
    process.kill(pid);
    const isGone = () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    };
    expect(await waitUntil(isGone, 10_000)).toBe(true);
  });
});
