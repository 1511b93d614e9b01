import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { diskReadBytes, parseReadBytes } from '../../src/lib/disk-reads.js';

it('reads what the kernel counts', () => {
  expect(parseReadBytes('rchar: 5\nwchar: 6\nsyscr: 1\nsyscw: 1\nread_bytes: 8192\nwrite_bytes: 0\n')).toBe(8192);
  expect(parseReadBytes('')).toBeNull();
});

it('sums over processes, and is null where none can be read', () => {
  const one = diskReadBytes([process.pid]);
  expect(one).toEqual(expect.any(Number));
  expect(diskReadBytes([process.pid, 4_194_304])).toBeGreaterThanOrEqual(one ?? Number.POSITIVE_INFINITY);
  expect(diskReadBytes([4_194_304])).toBeNull();
  expect(diskReadBytes([])).toBeNull();
});

it('knows no process that has ended', () => {
  const pid = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
  expect(diskReadBytes([pid])).toBeNull();
});
