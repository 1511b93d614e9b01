import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { hostPlatform } from '../../src/install/host-system.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { sha256 } from '../../src/lib/sha256.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { cli } from '../support/cli.js';
import { fakeManifest } from '../support/fake-gateway.js';
import { freePort } from '../support/free-port.js';
import { startOnTerminal } from '../support/pty.js';

const FAKE = join(PACKAGE_ROOT, 'test', 'fixtures', 'fake-gateway', 'fake-gateway.mjs');
const COMMAND = `{entry} ${FAKE} --port {port} --upstream {upstream} --mode ok`;
const MOCK_PORT = await freePort();
const PORT = await freePort();

const folder = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
const gateways = join(folder, 'gateways');
mkdirSync(gateways);
const environment = {
  GATEBENCH_INSTALL_DIR: join(folder, 'installs'),
  GATEBENCH_TOOLS_DIR: join(folder, 'tools'),
};
const trial = ['--gateways-dir', gateways, '--mock-port', String(MOCK_PORT), '--out', join(folder, 'results')];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('new gateway', () => {
  it('writes a folder from flags, and checks, installs and tries it', async () => {
    const { exitCode, stderr, stdout } = await cli(
      [
        ...['new', 'gateway', 'mine', '--install', `existing:${process.execPath}`, '--command', COMMAND],
        ...['--port', String(PORT), '--health', '/health', '--header', 'X-Key: {port}', ...trial],
      ],
      environment,
    );
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('1 gateway checked: no errors');
    expect(stdout).toMatch(/^mine: works, [\d,.]+ requests a second at 10 VUs, p50 /m);
    const manifest = parse(readFileSync(join(gateways, 'mine', 'gateway.yaml'), 'utf8'));
    expect(manifest).toMatchObject({
      name: 'mine',
      version: process.versions.node,
      install: [{ method: 'existing', variable: 'GATEBENCH_MINE_BIN' }],
      request: { headers: { 'X-Key': '{port}' } },
      process: { port: PORT, health: { path: '/health' } },
    });
    expect(readFileSync(join(gateways, 'mine', 'README.md'), 'utf8')).toContain('gatebench new gateway mine');
  });

  it('asks on a terminal', async () => {
    const args = ['new', 'gateway', 'asked', '--no-try', '--gateways-dir', gateways];
    const terminal = startOnTerminal(args, { columns: 120, rows: 40 }, environment);
    const answers: [string, string][] = [
      ['How is it installed?', `existing:${process.execPath}`],
      ['Its command?', COMMAND],
      ['Its port?', String(PORT + 1)],
      ['Which path answers 200', ''],
      ['Environment variables?', 'A=1'],
      ['Headers of its requests?', ''],
    ];
    try {
      for (const [question, answer] of answers) {
        expect(await waitUntil(() => terminal.raw().includes(question), 30_000), `${question}: ${terminal.raw()}`).toBe(
          true,
        );
        terminal.type(`${answer}\r`);
      }
      expect(await terminal.exitCode, terminal.raw()).toBe(0);
    } finally {
      terminal.kill();
    }
    expect(parse(readFileSync(join(gateways, 'asked', 'gateway.yaml'), 'utf8'))).toMatchObject({
      process: { port: PORT + 1, health: { path: '/health' }, environment: { A: '1' } },
    });
  });

  it.each([
    ['Ctrl-C', '\x03', 130, ''],
    ['Ctrl-D', '\x04', 2, 'there was no answer'],
  ])('ends at %s, and writes nothing', async (_, key, exitCode, message) => {
    const args = ['new', 'gateway', 'ended', '--gateways-dir', gateways];
    const terminal = startOnTerminal(args, { columns: 120, rows: 40 }, environment);
    try {
      expect(await waitUntil(() => terminal.raw().includes('How is it installed?'), 30_000)).toBe(true);
      terminal.type(key);
      expect(await terminal.exitCode, terminal.raw()).toBe(exitCode);
      expect(terminal.raw()).toContain(message);
      expect(existsSync(join(gateways, 'ended'))).toBe(false);
    } finally {
      terminal.kill();
    }
  });

  it('refuses what is there, and leaves nothing behind of what can not be had', async () => {
    const again = await cli(['new', 'gateway', 'mine', '--install', 'deb:x', '--gateways-dir', gateways]);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('there is a gateway "mine" already')]);
    const args = ['--install', 'existing:/nonexistent/program', '--command', '{entry}', '--health', '/'];
    const absent = await cli(['new', 'gateway', 'absent', ...args, '--gateways-dir', gateways]);
    expect([absent.exitCode, absent.stderr]).toEqual([1, expect.stringContaining('there is no /nonexistent/program')]);
    expect(() => readFileSync(join(gateways, 'absent', 'gateway.yaml'))).toThrow('ENOENT');
  });
});

describe('upgrade', () => {
  const program = (version: string) =>
    `#!/bin/sh\n[ "$1" = --version ] && echo "fake ${version}" && exit\nexec ${process.execPath} ${FAKE} "$@"\n`;
  const server = createServer((request, response) => {
    const version = /^\/gw-([\d.]+)$/.exec(request.url ?? '')?.[1];
    if (version === undefined || version === '9.9.9') response.writeHead(404).end();
    else response.end(program(version));
  });
  const path = join(gateways, 'served', 'gateway.yaml');
  const platform = `${hostPlatform().os}-${hostPlatform().arch}`;
  const pin = () => {
    const { version, install, variants } = parse(readFileSync(path, 'utf8'));
    return { version, sha256: install[0].sha256[platform], variants };
  };

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    mkdirSync(join(gateways, 'served'));
    const url = `http://127.0.0.1:${port}/gw-{version}`;
    const manifest = {
      ...fakeManifest('served', await freePort(), 'ok'),
      version: '1.0.0',
      install: [{ method: 'download', url, sha256: { [platform]: sha256(program('1.0.0')) }, program: 'gw' }],
      versionProbe: { from: 'command', command: ['{entry}', '--version'], pattern: 'fake (\\S+)' },
    };
    const served = {
      ...manifest,
      process: {
        ...manifest.process,
        command: ['{entry}', '--port', '{port}', '--upstream', '{upstream}', '--mode', 'ok'],
      },
    };
    writeFileSync(path, `# mine to keep\n${stringify(served)}`);
    writeFileSync(join(gateways, 'served', 'README.md'), '# Served\n');
  });
  afterAll(() => server.close());

  it('adds a version beside the pinned one, which can be installed and measured', async () => {
    const { exitCode, stderr, stdout } = await cli(['upgrade', 'served', '1.1.0', '--beside', '--no-try', ...trial]);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('served:1.1.0: 1.0.0 → 1.1.0');
    const { version, variants } = pin();
    expect(version).toBe('1.0.0');
    expect(variants['1.1.0'].install[0].sha256[platform]).toBe(sha256(program('1.1.0')));
    const setup = await cli(['setup', 'served@1.1.0', '--json', '--gateways-dir', gateways], environment);
    expect(JSON.parse(setup.stdout)).toMatchObject([
      { gateway: 'served:1.1.0', outcome: 'installed', version: '1.1.0' },
    ]);
    const plan = await cli(
      ['plan', '-g', 'served@1.0.0,served@1.1.0', '--json', '--gateways-dir', gateways],
      environment,
    );
    const planned: { gateways: { gateway: string; variant: string }[] } = JSON.parse(plan.stdout);
    expect(planned.gateways.map(({ gateway, variant }) => `${gateway} ${variant}`)).toEqual([
      'served default',
      'served 1.1.0',
    ]);
  });

  it('writes the new pin in place of the old one, with the comments that were there', async () => {
    const { exitCode, stderr } = await cli(['upgrade', 'served', '2.0.0', '--no-try', '--gateways-dir', gateways]);
    expect(exitCode, stderr).toBe(0);
    expect(pin()).toMatchObject({ version: '2.0.0', sha256: sha256(program('2.0.0')) });
    expect(readFileSync(path, 'utf8')).toMatch(/^# mine to keep\n/);
  });

  it('writes nothing where there is no such version', async () => {
    const before = readFileSync(path, 'utf8');
    const { exitCode, stderr } = await cli(['upgrade', 'served', '9.9.9', '--gateways-dir', gateways]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('404')]);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});
