import { describe, expect, it } from 'vitest';
import { formatBuilds, nameGateways } from '../../../src/analysis/pool/builds.js';
import type { CellRecord } from '../../../src/model/record.js';
import type { Run } from '../../../src/model/run.js';
import { partOf } from '../../support/pooled-runs.js';
import { type CellFacts, recordOf } from '../../support/record-builder.js';

const ran = (version: string | null, facts: Partial<CellFacts> = {}) =>
  recordOf({ gateway: 'litellm', title: 'LiteLLM', vus: 50, version, ...facts });
const configured = (record: CellRecord, configSha256: string) => ({
  ...record,
  gateway: { ...record.gateway, configSha256 },
});
const basisOf = (manifestSha256: string): Run['basis'] => ({
  scenario: { source: 'published', sha256: '0'.repeat(64) },
  gateways: { litellm: { manifestSha256, files: {}, installed: null } },
});
const named = (...runs: (CellRecord | [CellRecord, Partial<Run>])[]) => {
  const parts = runs.map((each, at) => {
    const [record, facts] = Array.isArray(each) ? each : [each, {}];
    return partOf([record], { id: `run-${at + 1}`, ...facts });
  });
  const { nameOf, split } = nameGateways(parts);
  return {
    variants: parts.map(({ run }) => nameOf(run.id, labelIn(run)).variant),
    titles: parts.map(({ run }) => nameOf(run.id, labelIn(run)).title),
    split,
  };
};
const labelIn = ({ gateways: [planned] }: Run) =>
  planned?.variant === 'default' ? planned.gateway : `${planned?.gateway}:${planned?.variant}`;

describe('gateways of several runs', () => {
  it('keep their label where the same thing ran', () => {
    expect(named(ran('1.82.6'), ran('1.82.6'))).toEqual({
      variants: ['default', 'default'],
      titles: ['LiteLLM', 'LiteLLM'],
      split: [],
    });
  });

  it('have a label for each version', () => {
    const { variants, titles, split } = named(ran('1.82.6'), ran('1.108.7'), ran('1.82.6'));
    expect(variants).toEqual(['1.82.6', '1.108.7', '1.82.6']);
    expect(titles).toEqual(['LiteLLM 1.82.6', 'LiteLLM 1.108.7', 'LiteLLM 1.82.6']);
    expect(split).toMatchObject([{ label: 'litellm', builds: [{ version: '1.82.6' }, { version: '1.108.7' }] }]);
    expect(split.map(formatBuilds)).toEqual(['litellm:1.82.6 in run-1 and run-3; litellm:1.108.7 in run-2']);
  });

  it('keep the variant in the label, and make a name of any version', () => {
    expect(named(ran('v1.0+Build 7', { variant: 'workers' }), ran('2', { variant: 'workers' })).variants).toEqual([
      'workers-v1.0-build-7',
      'workers-2',
    ]);
  });

  it('take no label that a variant of the manifest has', () => {
    const both = partOf([ran('1.4.4'), ran('1.4.4', { variant: '1.4.4' })], { id: 'run-1' });
    const other = partOf([ran('1.0.0')], { id: 'run-2' });
    const { nameOf } = nameGateways([both, other]);
    expect(nameOf('run-1', 'litellm').variant).toBe('default-1.4.4');
    expect(nameOf('run-1', 'litellm:1.4.4').variant).toBe('1.4.4');
  });

  it('are the same where one never ran, whatever its place', () => {
    const skipped = ran(null, { outcome: { kind: 'skipped', reason: 'not installed' } });
    expect(named(skipped, ran('1.82.6')).split).toEqual([]);
    expect(named(skipped, ran('1.82.6'), ran('1.108.7')).variants).toEqual(['1.82.6', '1.82.6', '1.108.7']);
  });

  it('are told apart by what was configured, where configuration and manifest both differ', () => {
    const [a, b] = [configured(ran('1.82.6'), 'a'.repeat(64)), configured(ran('1.82.6'), 'b'.repeat(64))];
    expect(named(a, b).variants).toEqual(['config-aaaaaa', 'config-bbbbbb']);
    expect(named(a, b).titles).toEqual(['LiteLLM (config-aaaaaa)', 'LiteLLM (config-bbbbbb)']);
    const [same, other] = [basisOf('1'.repeat(64)), basisOf('2'.repeat(64))];
    // Installed elsewhere, its paths differ.
    expect(named([a, { basis: same }], [b, { basis: same }]).split).toEqual([]);
    expect(named([a, { basis: same }], [b, { basis: other }]).split).toHaveLength(1);
    expect(named([a, { basis: same }], [a, { basis: other }]).split).toEqual([]);
  });

  it('are told apart by what they ran as', () => {
    const inDocker: CellRecord = ran('1.82.6');
    inDocker.gateway.runtime = {
      kind: 'container',
      engine: 'docker',
      engineVersion: '20.10',
      image: 'litellm@sha256:1',
      imageId: 'sha256:0123456789abcdef',
    };
    expect(named(ran('1.82.6'), inDocker).variants).toEqual(['process', 'docker-0123456789ab']);
  });
});
