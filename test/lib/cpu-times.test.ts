import { describe, expect, it } from 'vitest';
import { hostUse, parseCpuUs, parseHostTimes } from '../../src/lib/cpu-times.js';

it('reads user and system time whatever the command is called', () => {
  const stat = (name: string) => `4711 (${name}) S 1 4711 4711 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 11 0 123 0 0`;
  expect(parseCpuUs(stat('node'))).toBe(3_000_000);
  expect(parseCpuUs(stat('a) (b c) S 1'))).toBe(3_000_000);
  expect(parseCpuUs('')).toBe(null);
});

describe('/proc/stat', () => {
  const text = (line: string) => `cpu  ${line}\ncpu0 1 2 3 4 5 6 7 8 9 10\n`;

  it('counts steal as busy and guest time once', () => {
    const from = parseHostTimes(text('100 0 100 800 0 0 0 0 50 0'));
    const to = parseHostTimes(text('150 0 120 900 10 5 5 10 90 0'));
    expect(from && to && hostUse(from, to)).toEqual({ cpuPercent: 45, stealPercent: 5 });
  });

  it('counts interrupts and cores', () => {
    const text = 'cpu  1 2 3 4 5 6 7 8 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\ncpu1 1 1 1 1 1 1 1 1 0 0\nintr 5 4 3\n';
    expect(parseHostTimes(text)).toEqual({ total: 36, idle: 9, steal: 8, interrupts: 13, cores: 2 });
  });

  it('knows nothing where no time went by, or the form is another', () => {
    const same = { total: 10, idle: 5, steal: 0, interrupts: 0, cores: 1 };
    expect(hostUse(same, same)).toEqual({ cpuPercent: null, stealPercent: null });
    expect(parseHostTimes('intr 1')).toBeNull();
  });
});
