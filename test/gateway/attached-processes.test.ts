import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { attachedTree, findAttached, isAlive, isOnThisMachine, portOf } from '../../src/gateway/attached-processes.js';
import { isListening } from '../../src/lib/listeners.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { freePort } from '../support/free-port.js';

const FAKE = join(PACKAGE_ROOT, 'test', 'fixtures', 'fake-gateway', 'fake-gateway.mjs');

/** A master that holds the port, and its workers. */
async function listeningCluster(): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort();
  const child = spawn(process.execPath, [FAKE, '--port', String(port), '--mode', 'workers'], {
    detached: true,
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    const gone = child.exitCode !== null || child.signalCode !== null;
    killGroup(child);
    if (!gone) await once(child, 'exit');
  });
  expect(await waitUntil(() => isListening(port), 20_000)).toBe(true);
  return { child, port };
}

function killGroup({ pid = 0 }: ChildProcess): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Its workers have ended with it.
  }
}

describe('the processes of a gateway that runs already', () => {
  it('are found by the port, from the topmost that holds it down', async () => {
    const { child, port } = await listeningCluster();
    const found = findAttached(`http://127.0.0.1:${port}`, null);
    if (!found.known) throw new Error(found.reason);
    expect(found.roots.map(({ pid }) => pid)).toEqual([child.pid]);
    expect(found.description).toContain(`PID ${child.pid} (`);
    expect(await waitUntil(() => attachedTree(found.roots).length === 3, 20_000)).toBe(true);
    expect(attachedTree(found.roots)[0]).toBe(child.pid);
  });

  it('are those of the PID that is given, until it ends', async () => {
    const { child, port } = await listeningCluster();
    const found = findAttached(`http://127.0.0.1:${port}`, child.pid ?? 0);
    if (!found.known) throw new Error(found.reason);
    const [root] = found.roots;
    if (root === undefined) throw new Error('no root');
    expect(isAlive(root)).toBe(true);
    expect(isAlive({ ...root, startTicks: root.startTicks - 1 }), 'another process had the PID').toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(root)).toBe(false);
    expect(attachedTree(found.roots)).toEqual([]);
  });

  it('are not known of another machine, nor where nobody listens', async () => {
    expect(findAttached('http://192.0.2.1:8080', null)).toMatchObject({ known: false });
    const port = await freePort();
    expect(findAttached(`http://127.0.0.1:${port}`, null)).toMatchObject({
      known: false,
      hint: expect.stringContaining('--pid'),
    });
  });

  it('are never this process, nor any that does not exist', () => {
    expect(() => findAttached('http://127.0.0.1:1', process.pid)).toThrow('gatebench itself runs below this process');
    expect(() => findAttached('http://127.0.0.1:1', 2 ** 22)).toThrow('there is no such process');
  });
});

describe('an address', () => {
  it.each([
    ['http://localhost:80', true],
    ['http://127.0.0.2:80', true],
    ['http://[::1]:80', true],
    ['http://192.0.2.1:80', false],
    ['http://gateway.example', false],
  ])('%s is of this machine: %s', (origin, own) => {
    expect(isOnThisMachine(origin)).toBe(own);
  });

  it('has the port that its scheme says where it names none', () => {
    expect([portOf('http://a.example'), portOf('https://a.example'), portOf('http://a.example:81')]).toEqual([
      80, 443, 81,
    ]);
  });
});
