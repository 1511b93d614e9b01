import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RemoteShell } from '../../src/remote/remote-shell.js';
import { RemoteMockDriver } from '../../src/upstream/remote-mock.js';
import { freePort } from '../support/free-port.js';
import { localShell } from '../support/local-shell.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gatebench-home-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const never = new AbortController().signal;
/** This machine as a host with a home folder of its own. */
const host = (replace: Record<string, string> = {}): RemoteShell =>
  localShell('me@192.0.2.12', { replace: { $HOME: home, ...replace } });
const start = async (port: number) => ({
  ...{ port, latency: '5ms', streamChunkDelayMs: 0, processes: 2, seed: 1, realtime: false },
  logFile: join(home, 'mock.log'),
});
const chat = (origin: string) =>
  fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] }),
  });

describe('RemoteMockDriver', () => {
  it('sends the mock once, runs it from its own folder, reads its stats, and ends it', async () => {
    const driver = await RemoteMockDriver.on(host(), '127.0.0.1', never);
    const cache = join(home, '.cache/gatebench');
    const [sent = ''] = await readdir(cache);
    expect(sent).toMatch(/^mock-[0-9a-f]{12}$/);
    await rm(join(cache, sent, 'package.json'));
    await RemoteMockDriver.on(host(), '127.0.0.1', never);
    // A second copy would have brought it back.
    expect(existsSync(join(cache, sent, 'package.json'))).toBe(false);
    await rm(cache, { recursive: true });
    await RemoteMockDriver.on(host(), '127.0.0.1', never);
    expect(await readdir(cache)).toEqual([sent]);

    const port = await freePort();
    const mock = await driver.start(await start(port), never);
    expect(mock).toMatchObject({ origin: `http://127.0.0.1:${port}`, host: 'me@192.0.2.12', processes: 2 });
    expect(mock.pids()).toEqual([]);
    await mock.resetStats();
    for (let i = 0; i < 4; i++) expect((await chat(mock.origin)).status).toBe(200);
    const stats = await mock.stats();
    expect(stats).toMatchObject({ requests: 4, latenessUs: { p50: expect.any(Number) } });
    await mock.stop();
    expect(await mock.exited).toEqual({ exitCode: 0, signal: null });
    await expect(chat(mock.origin)).rejects.toThrow();
    expect(await mock.stats()).toBeNull();
    expect(await readFile(join(home, 'mock.log'), 'utf8')).toContain('mock upstream listening');
  });

  it('says why it ended: the port is somebody else’s', async () => {
    const driver = await RemoteMockDriver.on(host(), '127.0.0.1', never);
    const port = await freePort();
    const first = await driver.start(await start(port), never);
    await expect(driver.start(await start(port), never)).rejects.toThrow(
      /the mock upstream on me@192\.0\.2\.12 ended at once: .*mock upstream: .*(in use|taken)/,
    );
    await first.stop();
  });

  it('says where it can’t run, before anything is started', async () => {
    await expect(
      RemoteMockDriver.on(host({ 'node --version': 'nodejs-is-not-here' }), 'h', never),
    ).rejects.toMatchObject({
      name: 'ExpectedError',
      message: expect.stringMatching(/me@192\.0\.2\.12 has no Node .*not found/),
      hint: expect.stringMatching(/install Node 20/),
    });
    await expect(RemoteMockDriver.on(host({ 'node --version': 'echo v18.19.0' }), 'h', never)).rejects.toThrow(
      /"node --version" says v18\.19\.0/,
    );
    await expect(
      RemoteMockDriver.on(host({ 'tar -xf "$part/sent"': 'tar -xf /nonexistent' }), 'h', never),
    ).rejects.toThrow(/the mock upstream could not be put at me@192\.0\.2\.12/);
    // Not even a part of it is left.
    expect(await readdir(join(home, '.cache/gatebench'))).toEqual([]);
  });
});
