import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Child, startChild } from '../../src/lib/child.js';
import { findControlGroups, groupFolders, makeControlGroup } from '../../src/lib/control-group.js';
import { newMark } from '../../src/lib/process-mark.js';
import { readProcess } from '../../src/lib/process-table.js';
import { sleep, waitUntil } from '../../src/lib/sleep.js';
import { TreeSampler } from '../../src/sampling/tree-sampler.js';

let folder: string;
const children: Child[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.stop({ signal: 'SIGKILL', graceMs: 0 });
  await rm(folder, { recursive: true });
});

async function startShell(script: string, grouped = false): Promise<Child> {
  const environment = { PATH: process.env.PATH ?? '' };
  const logFile = join(folder, 'log');
  const child = await startChild({
    command: 'sh',
    args: ['-c', script],
    cwd: folder,
    environment,
    logFile,
    grouped,
  });
  children.push(child);
  return child;
}

const STOP = { signal: 'SIGTERM', graceMs: 200 } as const;
const lives = (pid: number) => (readProcess(pid)?.state ?? 'Z') !== 'Z';

/** PIDs that are not the main process, once there is one and it leads a session of its own. */
async function daemonsOf(child: Child): Promise<number[]> {
  const others = () => child.pids().filter((pid) => pid !== child.pid && readProcess(pid)?.session === pid);
  expect(await waitUntil(() => others().length > 0, 10_000)).toBe(true);
  return others();
}

const probe = makeControlGroup(newMark());
probe?.remove();
if (probe === null)
  process.stderr.write('\nSKIPPED on this machine: processes that clear their environment: no control groups here\n');

describe('a child', () => {
  it('owns a process that forked twice and left its session: counted, then killed', async () => {
    const child = await startShell('(setsid sh -c "while :; do :; done" &) ; sleep 60');
    const [daemon = 0] = await daemonsOf(child);
    expect(readProcess(daemon)?.parentPid).not.toBe(child.pid);
    const sampler = new TreeSampler();
    const first = await sampler.sample(child.pids());
    await sleep(1_000);
    const second = await sampler.sample(child.pids());
    // The main process sleeps.
    expect((second?.cpuTimeUs ?? 0) - (first?.cpuTimeUs ?? 0)).toBeGreaterThan(20_000);
    expect(await child.stop(STOP), 'gracefully').toBe(false);
    expect(lives(daemon)).toBe(false);
  });

  it('owns what it left behind when it exited', async () => {
    const child = await startShell('(setsid sleep 60 &)');
    await child.exited;
    const [daemon = 0] = await daemonsOf(child);
    await child.stop(STOP);
    expect(lives(daemon)).toBe(false);
  });

  it.skipIf(probe === null)('owns a daemon that has cleared its environment', async () => {
    const child = await startShell('(env -i setsid sleep 60 &) ; sleep 60', true);
    const [daemon = 0] = await daemonsOf(child);
    await child.stop(STOP);
    expect(lives(daemon)).toBe(false);
    expect([...findControlGroups().keys()].filter((mark) => mark.includes(`-${process.pid}-`))).toEqual([]);
  });

  it('does not own what another one started', async () => {
    const [one, other] = [await startShell('(setsid sleep 60 &) ; sleep 60'), await startShell('exec sleep 60')];
    await daemonsOf(one);
    expect(other.pids()).toEqual([other.pid]);
    await one.stop(STOP);
    expect(other.exit()).toBeNull();
  });
});

describe('groupFolders', () => {
  it('finds its own folder in v2, and in the hierarchy of systemd, which has no controllers', () => {
    const mounts = [
      '24 30 0:22 / /sys/fs/cgroup ro,nosuid shared:5 - tmpfs tmpfs ro,mode=755',
      '25 24 0:23 / /sys/fs/cgroup/unified rw,nosuid shared:6 - cgroup2 cgroup2 rw,nsdelegate',
      '26 24 0:24 / /sys/fs/cgroup/systemd rw,nosuid shared:7 - cgroup cgroup rw,xattr,name=systemd',
      '27 24 0:25 / /sys/fs/cgroup/memory rw,nosuid shared:8 - cgroup cgroup rw,memory',
    ].join('\n');
    const memberships = '4:memory:/a\n1:name=systemd:/user.slice/session-3.scope\n0::/user.slice\n';
    expect(groupFolders(mounts, memberships)).toEqual([
      '/sys/fs/cgroup/unified/user.slice',
      '/sys/fs/cgroup/systemd/user.slice/session-3.scope',
    ]);
  });

  it('starts at the folder that a container has mounted, and leaves out what lies above it', () => {
    const mount = (root: string) => `25 24 0:23 ${root} /sys/fs/cgroup rw - cgroup2 cgroup rw`;
    expect(groupFolders(mount('/docker/a1'), '0::/docker/a1/b')).toEqual(['/sys/fs/cgroup/b']);
    expect(groupFolders(mount('/docker/a1'), '0::/elsewhere')).toEqual([]);
    expect(groupFolders(mount('/'), '0::/../other')).toEqual([]);
  });
});
