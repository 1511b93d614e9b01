import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readProcessTable } from './process-table.js';

const LISTEN = '0A';

/** Socket inodes that listen on a TCP port, from the text of `/proc/net/tcp` or `tcp6`. */
export function listeningInodes(text: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes: string[] = [];
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[3] === LISTEN && fields[1]?.endsWith(`:${wanted}`) && fields[9]) inodes.push(fields[9]);
  }
  return inodes;
}

/**
 * The processes that listen on a TCP port of this machine (all addresses, IPv4 and IPv6).
 * @param among look at these only; every process where absent
 * @returns PIDs; empty where nobody listens, or where the owner's descriptors can't be read (another user's)
 */
export function listenersOf(port: number, among?: number[]): number[] {
  const inodes = portInodes(port);
  if (inodes.size === 0) return [];
  const pids = among ?? readProcessTable().map((row) => row.pid);
  return pids.filter((pid) => holdsSocket(pid, inodes));
}

/** True where anybody listens on the port. */
export function isListening(port: number): boolean {
  return portInodes(port).size > 0;
}

function portInodes(port: number): Set<string> {
  const inodes = new Set<string>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    try {
      for (const inode of listeningInodes(readFileSync(file, 'latin1'), port)) inodes.add(inode);
    } catch {
      // No IPv6 on this machine.
    }
  }
  return inodes;
}

function holdsSocket(pid: number, inodes: Set<string>): boolean {
  try {
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      try {
        const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
        if (target.startsWith('socket:[') && inodes.has(target.slice(8, -1))) return true;
      } catch {
        // Closed meanwhile.
      }
    }
  } catch {
    // Gone, or not ours to look into.
  }
  return false;
}

/** The command line of a process, for messages; null where it can't be read. */
export function commandLineOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).join(' ') || null;
  } catch {
    return null;
  }
}
