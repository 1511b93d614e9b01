import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Throttling } from '../model/resources.js';

/**
 * Throttling of a process's control group and of those around it since they were made: a quota of any of them holds it
 * back. Null where none can be read. A group without a quota has never been throttled.
 * @param readFile text of a file, null if it can't be read
 */
export function readThrottling(pid: number | 'self', readFile = readText): Throttling | null {
  const groups = readFile(`/proc/${pid}/cgroup`);
  const mounts = readFile('/proc/self/mounts');
  if (groups === null || mounts === null) return null;
  const levels = groupFolders(groups, mounts).flatMap((folder) => {
    const text = readFile(join(folder, 'cpu.stat'));
    return text === null ? [] : [parseThrottling(text)];
  });
  if (levels.length === 0) return null;
  return levels.reduce((sum, each) => ({ periods: sum.periods + each.periods, timeUs: sum.timeUs + each.timeUs }));
}

/** Parse `cpu.stat` of control groups, version 1 (nanoseconds) or 2 (microseconds). */
export function parseThrottling(text: string): Throttling {
  const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return { periods: value('nr_throttled'), timeUs: value('throttled_usec') + value('throttled_time') / 1000 };
}

/** Folders of the group that rules a process's CPU, from its own up to the root of what is mounted here. */
function groupFolders(groups: string, mounts: string): string[] {
  const [hierarchy, options] = cpuHierarchy(groups);
  if (hierarchy === undefined) return [];
  const mount = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , type, flags = '']) =>
      options === '' ? type === 'cgroup2' : type === 'cgroup' && flags.split(',').includes('cpu'),
    )?.[1];
  if (mount === undefined) return [];
  const folders: string[] = [];
  // A group outside of this container is written with `..`, and can't be reached.
  let path = hierarchy.startsWith('/..') ? '/' : hierarchy;
  for (; ; path = dirname(path)) {
    folders.push(join(mount, path));
    if (path === '/') return folders;
  }
}

/** Path of a process's group, and the controllers of its hierarchy: none in version 2, which has one hierarchy. */
function cpuHierarchy(groups: string): [path: string | undefined, controllers: string] {
  const lines = groups
    .trim()
    .split('\n')
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const version1 = lines.find((line) => line?.[1]?.split(',').includes('cpu'));
  const line = version1 ?? lines.find((each) => each?.[1] === '');
  return [line?.[2], line?.[1] ?? ''];
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
