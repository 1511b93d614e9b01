import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readProcessTable } from './process-table.js';

const LISTEN = '0A';

/** Socket inodes that listen on a TCP port, from the text of `/proc/net/tcp` or `tcp6`. */
function listeningInodes(text: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes: string[] = [];
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[3] === LISTEN && fields[1]?.endsWith(`:${wanted}`) && fields[9]) inodes.push(fields[9]);
  }
  return inodes;
}

/** TCP ports that anybody listens on by the inode of the socket, from the text of `/proc/net/tcp` or `tcp6`. */
function listeningPorts(text: string): Map<string, number> {
  const ports = new Map<string, number>();
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const port = fields[1]?.split(':')[1];
    if (fields[3] === LISTEN && port && fields[9]) ports.set(fields[9], Number.parseInt(port, 16));
  }
  return ports;
}

/** The TCP ports that a process listens on, in order; none where it has gone, or isn't ours to look into. */
export function listeningPortsOf(pid: number): number[] {
  const byInode = new Map(tcpTables().flatMap((text) => [...listeningPorts(text)]));
  const own = socketInodes(pid).flatMap((inode) => byInode.get(inode) ?? []);
  return [...new Set(own)].sort((a, b) => a - b);
}

/**
 * The processes that listen on a TCP port of this machine (all addresses, IPv4 and IPv6).
 * @param among look at these only; every process where absent
 * @returns PIDs; empty if the port is free, or if its owner's descriptors can't be read (another user's process)
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
  return new Set(tcpTables().flatMap((text) => listeningInodes(text, port)));
}

function tcpTables(): string[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => {
    try {
      return [readFileSync(file, 'latin1')];
    } catch {
      // No IPv6 on this machine.
      return [];
    }
  });
}

function holdsSocket(pid: number, inodes: Set<string>): boolean {
  return socketInodes(pid).some((inode) => inodes.has(inode));
}

function socketInodes(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
        return target.startsWith('socket:[') ? [target.slice(8, -1)] : [];
      } catch {
        // Closed since it was listed.
        return [];
      }
    });
  } catch {
    // Gone, or not ours to look into.
    return [];
  }
}

/** The command line of a process, for messages; null where it can't be read. */
export function commandLineOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).join(' ') || null;
  } catch {
    return null;
  }
}
