import { describe, expect, it } from 'vitest';
import type { RunBasis } from '../../src/model/run-basis.js';
import { type Conditions, latestConditions, runChanges } from '../../src/plan/run-changes.js';
import { recordOf, runOf } from '../support/record-builder.js';

const hash = (letter: string) => letter.repeat(64);
const kong = { manifestSha256: hash('a'), files: { 'kong.yaml': hash('b') }, installed: '3.9.1, recipe 0123' };
const basis: RunBasis = { scenario: { source: 'quick', sha256: hash('c') }, gateways: { kong } };
const run = runOf([recordOf({ gateway: 'kong', vus: 50 })], { basis });
const before: Conditions = run;
const measured = new Set(['kong']);
const withKong = (facts: Partial<typeof kong>) => ({ basis: { ...basis, gateways: { kong: { ...kong, ...facts } } } });

describe('what has changed since a run was begun', () => {
  it.each<[string, Partial<Conditions>]>([
    ['gatebench: commit was abcdef0123, is f00', { harness: { ...run.harness, commit: 'f00' } }],
    ['gatebench: uncommitted changes was false, is true', { harness: { ...run.harness, dirty: true } }],
    ['gatebench: Node was v22.0.0, is v24.0.0', { harness: { ...run.harness, node: 'v24.0.0' } }],
    ['engine: version was 8.0.0, is 8.1.0', { engine: { ...run.engine, version: '8.1.0' } }],
    ['machine: cpuModel was Example CPU, is Another', { machine: { ...run.machine, cpuModel: 'Another' } }],
    ['machine: cores was 8, is 4', { machine: { ...run.machine, cores: 4 } }],
    ['machine: kernel was 6.1.0, is 6.2.0', { machine: { ...run.machine, kernel: '6.2.0' } }],
    [
      'machine: memoryBytes was 34359738368, is 17179869184',
      { machine: { ...run.machine, memoryBytes: 16 * 2 ** 30 } },
    ],
    [
      'scenario quick: its file has changed; the run goes on with its copy',
      { basis: { ...basis, scenario: { source: 'quick', sha256: hash('d') } } },
    ],
    ['gateway kong: gateway.yaml has changed', withKong({ manifestSha256: hash('d') })],
    ['gateway kong: kong.yaml has changed', withKong({ files: { 'kong.yaml': hash('d') } })],
    [
      'gateway kong: installed was 3.9.1, recipe 0123, is 3.9.2, recipe 4567',
      withKong({ installed: '3.9.2, recipe 4567' }),
    ],
  ])('%s', (change, facts) => {
    expect(runChanges(before, { ...before, ...facts }, measured)).toEqual([change]);
  });

  it('names files that are new or gone', () => {
    const now = { ...before, ...withKong({ files: { 'new.yaml': hash('b') } as never }) };
    expect(runChanges(before, now, measured)).toEqual([
      'gateway kong: kong.yaml is gone',
      'gateway kong: new.yaml is new',
    ]);
  });

  it.each<[string, Partial<Conditions>]>([
    ['nothing', {}],
    ['the host name', { machine: { ...run.machine, hostname: 'other' } }],
    ['a little memory that a kernel keeps', { machine: { ...run.machine, memoryBytes: 32.1 * 2 ** 30 } }],
    ['an installation that is gone, whose cells are skipped', withKong({ installed: null as never })],
    ['a basis that an older run has not kept', { basis: null }],
  ])('is nothing where only %s has', (_, facts) => {
    expect(runChanges(before, { ...before, ...facts }, measured)).toEqual([]);
  });

  it('is nothing where nothing was measured with it', () => {
    const now = { ...before, ...withKong({ manifestSha256: hash('d'), files: {} as never }) };
    expect(runChanges(before, now, new Set())).toEqual([]);
  });

  it('is counted from the change that was accepted last', () => {
    const conditions = { harness: { ...run.harness, commit: 'f00' }, machine: run.machine, engine: run.engine, basis };
    const changed = { ...run, changes: [{ at: run.createdAt, changed: [''], cellsBefore: [], conditions }] };
    expect(runChanges(latestConditions(changed), conditions, measured)).toEqual([]);
    expect(runChanges(latestConditions(changed), before, measured)).toHaveLength(1);
  });
});
