import { describe, expect, it } from 'vitest';
import { type MachineFacts, machineChecks } from '../../../src/app/doctor/machine.js';

const GOOD: MachineFacts = {
  platform: 'linux',
  cores: 8,
  load1: 0.5,
  maxVus: 1_000,
  descriptorLimit: 65_536,
  localPortRange: [1_024, 65_535],
  governor: 'performance',
  resultsFolder: '/results',
  freeBytes: 100e9,
  engines: [{ name: 'native', version: '1.0.0', unavailable: null }],
  missingTools: [],
};

const checkOf = (subject: string, facts: Partial<MachineFacts>) =>
  machineChecks({ ...GOOD, ...facts }).find((check) => check.subject === subject);

describe('machineChecks', () => {
  it('has nothing to say against a good machine', () => {
    expect(machineChecks(GOOD).filter(({ verdict, hint }) => verdict !== 'ok' || hint !== undefined)).toEqual([]);
  });

  it.each<[string, Partial<MachineFacts>, 'fail' | 'warn', RegExp, RegExp]>([
    ['platform', { platform: 'darwin' }, 'fail', /darwin/, /run on Linux/],
    ['open files', { descriptorLimit: 2_199 }, 'fail', /limit is 2199.*1000 VUs need 2200/, /^ulimit -n 2200$/],
    ['cores', { cores: 3 }, 'warn', /^3: /, /8 cores/],
    ['local ports', { localPortRange: [32_768, 34_768] }, 'warn', /32768 to 34768/, /ip_local_port_range/],
    ['CPU governor', { governor: 'powersave' }, 'warn', /powersave/, /cpupower/],
    ['free disk', { freeBytes: 3.9e9 }, 'warn', /3\.9 GB at \/results/, /3 GB/],
    [
      'engine wrk',
      {
        engines: [{ name: 'wrk', version: '?', unavailable: { reason: 'not installed', hint: 'gatebench setup wrk' } }],
      },
      'warn',
      /not installed/,
      /gatebench setup wrk/,
    ],
    ['tool go', { missingTools: ['go'] }, 'warn', /not in PATH/, /Go 1\.24/],
  ])('%s: %o is told with a hint', (subject, facts, verdict, message, hint) => {
    const check = checkOf(subject, facts);
    expect(check).toMatchObject({
      verdict,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it.each<[string, Partial<MachineFacts>]>([
    ['local ports', { localPortRange: null }],
    ['free disk', { freeBytes: null }],
    ['load average', { load1: 4.1 }],
  ])('%s: %o is a warning', (subject, facts) => {
    expect(checkOf(subject, facts)?.verdict).toBe('warn');
  });

  it.each<[string, Partial<MachineFacts>]>([
    ['open files', { descriptorLimit: 2_200 }],
    ['open files', { descriptorLimit: null }],
    ['cores', { cores: 4 }],
    ['CPU governor', { governor: null }],
    ['load average', { load1: 4 }],
    ['free disk', { freeBytes: 4e9 }],
  ])('%s: %o is just enough', (subject, facts) => {
    expect(checkOf(subject, facts)?.verdict).toBe('ok');
  });
});
