import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A control group that holds a process and whatever it starts, whatever that does to its session, parent or
 * environment. It counts processes and limits nothing: it is made where no controller comes with it.
 */
export interface ControlGroup {
  pids(): number[];
  /** Does nothing where a process is still in it. */
  remove(): void;
}

const PREFIX = 'gatebench-';

/** A control group that processes can be born in. */
export interface NewControlGroup extends ControlGroup {
  /**
   * Run something that starts a process. This process is in the group meanwhile, since a child is born where its parent
   * is: once moved later, it might have started others already.
   */
  inside<T>(start: () => T): T;
}

/** A new control group; null where this system or this user can't have one. */
export function makeControlGroup(mark: string): NewControlGroup | null {
  for (const parent of parents()) {
    const path = join(parent, PREFIX + mark);
    try {
      mkdirSync(path);
    } catch {
      continue;
    }
    const group = groupAt(path);
    // Whether a process may come back shows only by trying.
    if (moveSelf(path) && moveSelf(parent)) return { ...group, inside: (start) => startIn(path, parent, start) };
    group.remove();
  }
  return null;
}

function startIn<T>(path: string, parent: string, start: () => T): T {
  moveSelf(path);
  try {
    return start();
  } finally {
    moveSelf(parent);
  }
}

function moveSelf(folder: string): boolean {
  try {
    writeFileSync(join(folder, PROCESSES), String(process.pid));
    return true;
  } catch {
    return false;
  }
}

/** Control groups that gatebench made on this machine and that are still there, by mark. */
export function findControlGroups(): Map<string, ControlGroup> {
  const groups = new Map<string, ControlGroup>();
  for (const parent of parents()) {
    for (const name of listFolder(parent)) {
      if (name.startsWith(PREFIX)) groups.set(name.slice(PREFIX.length), groupAt(join(parent, name)));
    }
  }
  return groups;
}

const PROCESSES = 'cgroup.procs';

function groupAt(path: string): ControlGroup {
  return {
    pids: () => (readText(join(path, PROCESSES)) ?? '').split('\n').filter(Boolean).map(Number),
    remove() {
      try {
        rmdirSync(path);
      } catch {
        // Not empty yet, or gone.
      }
    },
  };
}

let found: string[] | null = null;

/** Folders where groups may be made: this process's own, in hierarchies where a new group brings no controller. */
function parents(): string[] {
  found ??= groupFolders(readText('/proc/self/mountinfo') ?? '', readText('/proc/self/cgroup') ?? '').filter(
    hasNoControllers,
  );
  return found;
}

/**
 * This process's folders in cgroup v2 and in named v1 hierarchies (systemd's), which have no controllers of their own.
 * @param mounts text of `/proc/self/mountinfo`
 * @param memberships text of `/proc/self/cgroup`
 */
export function groupFolders(mounts: string, memberships: string): string[] {
  const paths = new Map<string, string>();
  for (const line of memberships.split('\n')) {
    const parts = /^\d+:((?:name=.*)?):(\/.*)$/.exec(line);
    if (parts?.[2] !== undefined) paths.set(parts[1] ?? '', parts[2]);
  }
  return mounts.split('\n').flatMap((line) => {
    const [mount = '', filesystem = ''] = line.split(' - ');
    const [, , , root = '/', point = ''] = mount.split(' ');
    const [type, , options = ''] = filesystem.split(' ');
    const name = type === 'cgroup2' ? '' : options.split(',').find((option) => option.startsWith('name='));
    const path = type?.startsWith('cgroup') && name !== undefined ? paths.get(name) : undefined;
    if (path === undefined || path.includes('/..')) return [];
    const below = root === '/' ? path : path.startsWith(root) ? path.slice(root.length) : null;
    return below === null ? [] : [join(point, below)];
  });
}

/** In v2, a group's children get the controllers that it enables for them; their processes would be weighed anew. */
function hasNoControllers(folder: string): boolean {
  return (readText(join(folder, 'cgroup.subtree_control')) ?? '').trim() === '';
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
