import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Sending, uploadK6 } from '../../../src/load/k6/upload-k6.js';
import type { RemoteShell } from '../../../src/remote/remote-shell.js';
import { localShell } from '../../support/local-shell.js';

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatebench-sent-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program as far as its first bytes tell, and a host with a home of its own. */
function rig({ replace = {}, content = `\x7fELF${'k6 '.repeat(50_000)}` } = {}) {
  const home = temporary();
  const path = join(temporary(), 'k6');
  writeFileSync(path, content, 'latin1');
  const sendings: Sending[] = [];
  const find = () => ({ path, version: '1.8.1', environment: {} });
  const shell = localShell('me@a', { replace, environment: { HOME: home } });
  const cache = join(home, '.cache', 'gatebench');
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return {
    shell,
    cache,
    own: path,
    there: join(cache, `k6-1.8.1-${sha256.slice(0, 12)}`),
    sendings,
    // As another run would.
    send: (to: RemoteShell = shell, signal = new AbortController().signal) =>
      uploadK6((sending) => sendings.push(sending), signal, find)(to),
    left: () => (existsSync(cache) ? readdirSync(cache) : []),
  };
}

describe('uploadK6', () => {
  it('puts this machine’s k6 where it is found, and sends it once', async () => {
    const { send, sendings, own, there, left } = rig();
    expect(await send()).toBe(there);
    expect(readFileSync(there).equals(readFileSync(own))).toBe(true);
    expect(statSync(there).mode & 0o777).toBe(0o755);
    expect(sendings).toEqual([{ host: 'me@a', version: '1.8.1', path: there, bytes: expect.any(Number) }]);
    expect(sendings[0]?.bytes).toBeLessThan(statSync(own).size / 10);
    expect(await send()).toBe(there);
    expect(sendings).toHaveLength(1);
    expect(left()).toEqual([there.split('/').at(-1)]);
  });

  it('takes no file for ours that isn’t, and none that can’t be run', async () => {
    const { send, sendings, own, there } = rig();
    await send();
    writeFileSync(there, 'cut off');
    await send();
    expect(readFileSync(there).equals(readFileSync(own))).toBe(true);
    chmodSync(there, 0o600);
    await send();
    expect(statSync(there).mode & 0o777).toBe(0o755);
    expect(sendings).toHaveLength(3);
  });

  it('sends it as it is where there is no gzip', async () => {
    const { send, sendings, own, there } = rig({ replace: { 'command -v gzip': 'false', 'gzip -dc': 'false' } });
    await send();
    expect(readFileSync(there).equals(readFileSync(own))).toBe(true);
    expect(sendings[0]?.bytes).toBe(statSync(own).size);
  });

  it.each([
    [
      'a disk that is full',
      { '>"$part/sent" ||': '>/dev/full ||' },
      /No space left on device/,
      /free some space there, or/,
    ],
    ['a folder that can’t be made', { 'mkdir -p': 'mkdir' }, /cannot create directory/, /install k6 there/],
    ['bytes that changed on the way', { 'gzip -dc': 'tr k K' }, /has another checksum/, /install k6 there/],
    ['a file that can’t be moved into place', { 'mv -fT': 'false' }, /exit code 1/, /install k6 there/],
  ])('leaves no half file after %s', async (_, replace, reason, hint) => {
    const { send, there, left } = rig({ replace });
    const failure: unknown = await send().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: expect.stringMatching(reason),
      hint: expect.stringMatching(hint),
    });
    expect(String(failure)).toContain(`k6 could not be put at me@a:${there}: `);
    expect(left()).toEqual([]);
  });

  it('leaves no half file where the connection breaks in the middle', async () => {
    const { shell, send, left } = rig({ content: `\x7fELF${Array.from({ length: 90_000 }, (_, n) => n * n).join()}` });
    let cut = false;
    const breaking: RemoteShell = {
      ...shell,
      start: async (words, signal) => {
        const command = await shell.start(words, signal);
        const stdin = new PassThrough();
        stdin.once('data', (chunk: Buffer) => {
          cut = true;
          command.stdin.end(chunk.subarray(0, 5_000));
        });
        const ended = async () => ({ exitCode: (await command.ended()).exitCode && 255, stderr: 'Connection reset' });
        return { stdin, stdout: command.stdout, ended };
      },
    };
    await expect(send(breaking)).rejects.toThrow('the connection to me@a broke while k6 was sent: Connection reset');
    expect(cut).toBe(true);
    expect(left()).toEqual([]);
  });

  it('is broken off by its signal, and leaves nothing', async () => {
    const { shell, send, left } = rig({ content: `\x7fELF${Array.from({ length: 90_000 }, (_, n) => n * n).join()}` });
    const interrupted = new AbortController();
    const reason = new Error('Ctrl-C');
    const slow: RemoteShell = {
      ...shell,
      start: async (words, signal) => {
        const command = await shell.start(words, signal);
        const stdin = new PassThrough();
        stdin.once('data', (chunk: Buffer) => {
          command.stdin.write(chunk.subarray(0, 5_000));
          interrupted.abort(reason);
        });
        return { ...command, stdin };
      },
    };
    await expect(send(slow, interrupted.signal)).rejects.toBe(reason);
    expect(left()).toEqual([]);
  });

  it('refuses hosts of another kind before anything is sent', async () => {
    const { send, sendings, left } = rig({ replace: { '$(uname -sm)': 'Linux riscv64' } });
    await expect(send()).rejects.toThrow(
      /this machine's k6 would not run on me@a: that is Linux riscv64, and this is Linux \w+/,
    );
    const bare = rig({ replace: { 'command -v sha256sum': 'false' } });
    await expect(bare.send()).rejects.toThrow("k6 can't be sent to me@a: there is no sha256sum");
    expect([...sendings, ...left()]).toEqual([]);
  });

  it('refuses where there is nothing to send', async () => {
    const { shell, send } = rig({ content: '#!/bin/sh\nexec /opt/k6 "$@"\n' });
    await expect(send()).rejects.toThrow(/k6 can't be sent: it is no program that runs without other files/);
    const none = uploadK6(
      () => undefined,
      new AbortController().signal,
      () => null,
    );
    await expect(none(shell)).rejects.toMatchObject({
      message: expect.stringMatching(/there is none/),
      hint: 'gatebench setup k6',
    });
  });
});
