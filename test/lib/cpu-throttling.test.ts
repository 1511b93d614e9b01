import { describe, expect, it } from 'vitest';
import { parseThrottling, readThrottling } from '../../src/lib/cpu-throttling.js';

/** Reads from a table of files. */
const among = (files: Record<string, string>) => (path: string) => files[path] ?? null;

const V2 = { '/proc/self/mounts': 'proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n' };
const V1 = {
  '/proc/self/mounts':
    'cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\ncgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n' +
    'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n',
};

describe('readThrottling', () => {
  it('adds up version 2 from the process to the root', () => {
    const files = {
      ...V2,
      '/proc/12/cgroup': '0::/pod/app\n',
      '/sys/fs/cgroup/cpu.stat': 'usage_usec 5\n',
      '/sys/fs/cgroup/pod/cpu.stat': 'usage_usec 5\nnr_periods 9\nnr_throttled 4\nthrottled_usec 250000\n',
      '/sys/fs/cgroup/pod/app/cpu.stat': 'usage_usec 5\nnr_periods 9\nnr_throttled 1\nthrottled_usec 1000\n',
    };
    expect(readThrottling(12, among(files))).toEqual({ periods: 5, timeUs: 251_000 });
  });

  it('reads version 1, whatever the controllers are mounted with', () => {
    const files = {
      ...V1,
      '/proc/self/cgroup': '9:name=systemd:/x\n4:memory:/m\n2:cpu,cpuacct:/docker/abc\n0::/\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n',
      '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.stat': 'nr_periods 30\nnr_throttled 7\nthrottled_time 1234000\n',
    };
    expect(readThrottling('self', among(files))).toEqual({ periods: 7, timeUs: 1_234 });
  });

  it('reads the mounted root where the group itself lies outside of this container', () => {
    const files = { ...V2, '/proc/5/cgroup': '0::/../other\n', '/sys/fs/cgroup/cpu.stat': 'nr_throttled 2\n' };
    expect(readThrottling(5, among(files))).toEqual({ periods: 2, timeUs: 0 });
  });

  it('is null, and not 0, where nothing can be read', () => {
    expect(readThrottling('self', among({}))).toBeNull();
    expect(readThrottling('self', among({ ...V2, '/proc/self/cgroup': '0::/a\n' }))).toBeNull();
    expect(readThrottling('self', among({ '/proc/self/mounts': '', '/proc/self/cgroup': '0::/a\n' }))).toBeNull();
  });

  it('is none for a group without a quota', () => {
    expect(parseThrottling('usage_usec 10\nuser_usec 4\n')).toEqual({ periods: 0, timeUs: 0 });
  });
});
