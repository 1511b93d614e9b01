import { describe, expect, it } from 'vitest';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { throughputSection } from '../../src/report/throughput-table.js';
import { exampleRun } from '../support/example-run.js';
import { recordOf, runOf } from '../support/record-builder.js';

function sectionOf(records: CellRecord[], facts: Partial<Run> = {}) {
  return throughputSection(summarise(runOf(records, facts), deriveRun(records)), runOf(records).machine, []);
}

describe('throughput table', () => {
  const { run, records } = exampleRun();
  const section = throughputSection(summarise(run, deriveRun(records)), run.machine, []);

  it('has a row a gateway and a column a VU level, in the published form', () => {
    expect(section.table?.columns.map(({ title }) => title)).toEqual([
      'Gateway',
      '50 VUs',
      '150 VUs',
      '300 VUs',
      '500 VUs',
      '1000 VUs',
      'Memory (MiB)',
    ]);
    expect(section.table?.rows).toEqual([
      ['Direct (no gateway)', '829', '2,488', '4,975', '8,292', '16,584', '–'],
      ['Ferro Labs AI Gateway 1.0.0', '816', '2,447', '4,894', '8,157', '14,000', '35–130'],
      ['Kong OSS (plain proxy)', 'skipped ¹', 'skipped ¹', 'skipped ¹', 'skipped ¹', 'skipped ¹', '–'],
      ['Bifrost v1.4.12', '813', '2,439', 'crashed ²', '8,130', 'failed ³', '95–140'],
      ['LiteLLM proxy 1.82.6 ⁴', '180', '180', '180', '(180) ⁵', '180', '335–430'],
      ['Portkey 1.15.2', '799', '890', '890 ⁶', '890 ⁷', '890 ⁸', '215–310'],
    ]);
  });

  it('says under it what was observed, once for each mark', () => {
    const [skipped, crashed, failed, workers, invalid, errors] = section.notes;
    expect(section.notes).toHaveLength(8);
    expect(skipped).toContain('¹ Kong OSS (plain proxy) skipped: kong 3.9.1 is not installed');
    expect(skipped).toContain('gatebench setup kong');
    expect(crashed).toContain('² Bifrost at 300 VUs: crashed 12.3 s into the window (exit code 2)');
    expect(crashed).toContain('"fatal error: concurrent map writes | 0x_1"');
    expect(failed).toContain('³ Bifrost at 1000 VUs: failed at ready');
    expect(workers).toContain('⁴ LiteLLM proxy: One worker process');
    expect(invalid).toContain("⁵ LiteLLM proxy at 500 VUs: invalid: Little's law");
    expect(errors).toContain(
      '⁶ Portkey at 300 VUs: 100 of 53,500 requests failed (0.187 %): timeout 90, http_5xx 10 (502)',
    );
  });

  it('says where answers without "object" counted as right', () => {
    const section = sectionOf([recordOf({ gateway: 'lm-proxy', title: 'LM-Proxy', vus: 50, object: 'optional' })]);
    expect(section.notes).toEqual([
      '¹ LM-Proxy: Answers without "object": "chat.completion" counted as right, as its manifest says.',
    ]);
    expect(sectionOf([recordOf({ gateway: 'ferro', vus: 50 })]).notes).toEqual([]);
  });

  it('says what ran beside a gateway, and what that used', () => {
    const record = recordOf({ gateway: 'litellm', title: 'LiteLLM', version: '1.108.7', vus: 50 });
    const redis = { name: 'redis', title: 'Redis', version: '7.0.15', installedBy: 'deb-unpack', pinnedBy: 'apt' };
    record.gateway.services.push(redis);
    const tree = record.resources.gateway;
    if (tree) record.resources.services = { ...tree, cpuPercentMean: 12.4, rssBytesMax: 20 * 2 ** 20 };
    expect(sectionOf([record]).notes).toEqual([
      '¹ LiteLLM: Beside it ran Redis 7.0.15, not counted in its CPU and memory: up to 12 % of a core and 20 MiB.',
    ]);
  });

  it('explains brackets only where there are some', () => {
    const plain = sectionOf([recordOf({ gateway: 'ferro', vus: 50 })]);
    expect(plain.lead.join(' ')).not.toContain('brackets');
    expect(section.lead.join(' ')).toContain('(brackets)');
  });

  it('never writes a 0 for a gateway that did not run', () => {
    const cells = section.table?.rows.flat() ?? [];
    expect(cells).not.toContain('0');
    expect(cells).not.toContain('0.0');
  });

  it('shows three repeats and more as their mean and half of its interval, and names the one that crashed', () => {
    const repeats = [800, 820, 810].map((ratePerSec, index) =>
      recordOf({ gateway: 'ferro', vus: 50, repeat: index + 1, ratePerSec }),
    );
    const crashed = recordOf({
      gateway: 'ferro',
      vus: 50,
      repeat: 4,
      outcome: { kind: 'crashed', exitCode: 1, signal: null, phase: 'warmup', atS: 1, reason: 'ended', logTail: [] },
    });
    const { table, notes, lead } = sectionOf([...repeats, crashed]);
    expect(table?.rows[0]?.[1]).toBe('810 ± 3.1 % ¹');
    expect(notes).toEqual(['¹ ferro at 50 VUs, repeat 4 of 4: crashed 1 s into the warmup (exit code 1): ended.']);
    expect(lead.join(' ')).toContain('95 % interval');
    expect(lead.join(' ')).not.toContain('median');
  });

  it('shows two repeats as the one with the lower rate and the range', () => {
    const { table, lead } = sectionOf(
      [800, 820].map((ratePerSec, index) => recordOf({ gateway: 'ferro', vus: 50, repeat: index + 1, ratePerSec })),
    );
    expect(table?.rows[0]?.[1]).toBe('800 [800–820]');
    expect(lead.join(' ')).toContain('median');
  });

  it('marks cells that the plan has and nobody measured yet', () => {
    const first = recordOf({ gateway: 'ferro', vus: 50 });
    const second = recordOf({ gateway: 'ferro', vus: 150 });
    const { table, notes } = throughputSection(
      summarise(runOf([first, second]), deriveRun([first])),
      runOf([first]).machine,
      [],
    );
    expect(table?.rows[0]?.slice(1, 3)).toEqual(['816', '· ¹']);
    expect(notes).toEqual(['¹ Planned, not measured yet.']);
  });

  it('says what stands in for what', () => {
    const built = recordOf({ gateway: 'ferro', variant: 'built', vus: 50, notes: ['Built here.'] });
    const gateways = runOf([built]).gateways.map((planned) => ({ ...planned, note: 'stands in for ferro' }));
    expect(sectionOf([built], { gateways }).notes).toEqual(['¹ ferro: stands in for ferro. Built here.']);
  });
});
