import { describe, expect, it } from 'vitest';
import { containerChecks } from '../../../src/app/doctor/containers.js';
import { gatewayChecks } from '../../../src/app/doctor/gateways.js';
import { profilerChecks } from '../../../src/app/doctor/profilers.js';
import { receipt } from '../../support/cell-runner.js';

const FREE = [
  { port: 9000, neededBy: 'the mock upstream', takenBy: null },
  { port: 8080, neededBy: 'fake', takenBy: null },
];
const fake = { name: 'fake', variant: 'default', fallback: false };
const missing = { valid: false as const, reason: 'not installed' };

describe('gatewayChecks', () => {
  it('lists free ports in one check, in order', () => {
    expect(gatewayChecks({ problems: [], installs: [], ports: FREE, others: [] })).toEqual([
      { subject: 'ports', verdict: 'ok', message: '8080, 9000 are free' },
    ]);
  });

  it('fails for a taken port, and names who needs it and who has it', () => {
    const [free, other] = FREE;
    const ports = [{ port: 9000, neededBy: 'the mock upstream', takenBy: 'PID 4711 (nginx)' }, other ?? free].flatMap(
      (each) => each ?? [],
    );
    expect(gatewayChecks({ problems: [], installs: [], ports, others: [] })).toEqual([
      {
        subject: 'port 9000',
        verdict: 'fail',
        message: 'needed by the mock upstream, taken by PID 4711 (nginx)',
        hint: 'stop that process',
      },
    ]);
  });

  it('warns of a gateway that is not installed, with what setup said', () => {
    const failure = {
      schemaVersion: 1 as const,
      gateway: 'fake',
      version: '1.0.0',
      failedAt: '2026-01-02T00:00:00.000Z',
      failures: [{ method: 'npm' as const, reason: 'the registry is out of reach' }],
      hint: 'try again',
    };
    const installs = [
      { gateway: fake, found: missing, failure: null, own: null },
      { gateway: { ...fake, variant: 'other' }, found: missing, failure, own: null },
    ];
    expect(gatewayChecks({ problems: [], installs, ports: FREE, others: [] }).slice(0, 2)).toEqual([
      { subject: 'gateway fake', verdict: 'warn', message: 'not installed', hint: 'gatebench setup fake' },
      {
        subject: 'gateway fake:other',
        verdict: 'warn',
        message: 'not installed; setup tried on 2026-01-02:\nnpm: the registry is out of reach',
        hint: 'try again',
      },
    ]);
  });

  it('only names those that nobody asked for and nothing was installed for', () => {
    const [others] = gatewayChecks({ problems: [], installs: [], ports: FREE, others: ['rare', 'rare:other'] });
    expect(others).toMatchObject({ subject: 'other gateways', verdict: 'ok' });
    expect(others?.message).toContain('rare, rare:other');
  });

  it('is content with an installed gateway, and with a fallback that is not', () => {
    const installs = [
      { gateway: fake, found: { valid: true as const, receipt, folder: '/installs/fake' }, failure: null, own: null },
      { gateway: { ...fake, variant: 'source', fallback: true }, found: missing, failure: null, own: null },
    ];
    expect(gatewayChecks({ problems: [], installs, ports: FREE, others: [] }).map(({ verdict }) => verdict)).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });
});

describe('gatewayChecks of a program that a variable names', () => {
  const stale = { valid: false as const, reason: '/old/fake has changed since its version was read' };

  it('looks at that program, and not at what was installed before', () => {
    const own = {
      usable: true as const,
      entry: '/new/fake',
      variable: 'GATEBENCH_FAKE_BIN',
      version: '2.0',
      reportedBy: 'fake -v',
    };
    const [check] = gatewayChecks({
      problems: [],
      others: [],
      installs: [{ gateway: fake, found: stale, failure: null, own }],
      ports: FREE,
    });
    expect(check).toEqual({
      subject: 'gateway fake',
      verdict: 'ok',
      message: '2.0 (fake -v), /new/fake, which GATEBENCH_FAKE_BIN names',
    });
  });

  it('says why it can’t be used', () => {
    const own = { usable: false as const, reason: 'it reports version 1.9', hint: undefined };
    const [check] = gatewayChecks({
      problems: [],
      others: [],
      installs: [{ gateway: fake, found: stale, failure: null, own }],
      ports: FREE,
    });
    expect(check).toEqual({
      subject: 'gateway fake',
      verdict: 'warn',
      message: 'it reports version 1.9',
      hint: 'gatebench setup fake',
    });
  });
});

describe('containerChecks', () => {
  const answers = { available: true as const, version: 'Docker 28.0' };

  it('warns of containers that were left behind, with the command that removes them', () => {
    const [check] = containerChecks([{ engine: 'docker', state: answers, left: ['gatebench-1', 'gatebench-2'] }]);
    expect(check).toMatchObject({
      verdict: 'warn',
      hint: expect.stringMatching(/docker rm --force gatebench-1 gatebench-2$/),
    });
  });

  it('is content without an engine', () => {
    const silent = { available: false as const, reason: 'docker is not installed', hint: 'install it' };
    const checks = containerChecks([
      { engine: 'docker', state: answers, left: [] },
      { engine: 'podman', state: silent, left: [] },
    ]);
    expect(checks.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
    expect(checks[1]?.message).toMatch(/only needed for --runtime podman/);
  });
});

describe('profilerChecks', () => {
  it('warns of a profiler that cannot run, with its hint', () => {
    const unavailable = { reason: 'perf is not installed', hint: 'apt-get install linux-perf' };
    expect(
      profilerChecks([
        { name: 'perf', title: 'perf', unavailable },
        { name: '0x', title: '0x', unavailable: null },
      ]),
    ).toEqual([
      { subject: 'profiler perf', verdict: 'warn', message: unavailable.reason, hint: unavailable.hint },
      { subject: 'profiler 0x', verdict: 'ok', message: '0x' },
    ]);
  });
});
