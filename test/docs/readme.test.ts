import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatRate } from '../../src/lib/format.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { DEFAULT_VARIANT, gatewayLabel, type ResolvedGateway } from '../../src/model/resolved-gateway.js';
import { everyVariant, GATEWAYS, resolved } from '../gateways/read.js';

const README = readFileSync(join(PACKAGE_ROOT, 'README.md'), 'utf8');
const MAX_LINES = 150;
const RUN_ID = /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-\w+/g;
const MARKS = /[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g;

const sample = README.split('<!-- sample -->')[1]?.split('<!-- /sample -->')[0] ?? '';
const [, ...table] = sample.split('\n').filter((line) => line.startsWith('|'));
const rows = table.slice(1).map((line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim()),
);
const PAGE = readFileSync(join(PACKAGE_ROOT, 'docs/sample/README.md'), 'utf8');

/** What docs/sample/README.md states of a run. */
function stated(title: string) {
  const section = PAGE.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const command = /```sh\n([\s\S]*?)```/.exec(section)?.[1]?.replaceAll('\\\n', ' ') ?? '';
  return {
    ids: section.match(RUN_ID) ?? [],
    engine: /engine (\w+ \S+);/.exec(section)?.[1],
    option: (name: string) => new RegExp(`--${name} (\\S+)`).exec(command)?.[1],
  };
}

/** Rows of the data, by the titles of their columns. */
function measured(fileName: string): Record<string, string>[] {
  const path = join(PACKAGE_ROOT, 'docs/sample', fileName);
  const [head = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const titles = head.split(',');
  return lines.map((line) => {
    const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
    return Object.fromEntries(titles.map((title, index) => [title, cells[index]?.[1] ?? cells[index]?.[2] ?? '']));
  });
}

/** A version besides the published one, which isn't in its place either. */
function isOtherVersion(gateway: ResolvedGateway): boolean {
  if (gateway.kind !== 'process' || gateway.fallback) return false;
  return gateway.version !== resolved(gateway.name, DEFAULT_VARIANT).version;
}

const labelOf = ({ gateway = '', variant = '' }: Record<string, string>) => gatewayLabel({ name: gateway, variant });

describe('README.md', () => {
  it('is short', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  });

  it('opens with what this is and the two commands', () => {
    const opening = README.split('\n').slice(0, 10).join('\n');
    expect(opening).toMatch(/gatebench is .*AI gateways/);
    expect(opening).toContain('make bench');
    expect(opening).toContain('make test');
  });

  it('lists every published gateway and baseline', () => {
    const published: string[] = parse(readFileSync(join(GATEWAYS, 'sets.yaml'), 'utf8')).sets.published.gateways;
    const labels = everyVariant()
      // Those of one scenario are in docs/failures.md.
      .filter(
        (gateway) => gateway.variant !== 'failover' && published.includes(gateway.name) && !isOtherVersion(gateway),
      )
      .map(gatewayLabel);
    expect(rows.map(([name = '']) => /`([^`]+)`/.exec(name)?.[1]).toSorted()).toEqual(labels.toSorted());
  });
});

describe.each([
  ['Table', 'table.csv'],
  ['Chart', 'chart.csv'],
])('the sample: %s', (title, fileName) => {
  const { ids, engine, option } = stated(title);
  const cells = measured(fileName);
  const gateways = [...new Set(cells.map(labelOf))];
  const all = (column: string) => [...new Set(cells.map((cell) => cell[column]))];

  it('states the command that its data came from', () => {
    expect(option('gateways')?.split(',').toSorted()).toEqual(gateways.toSorted());
    expect(all('vus').toSorted()).toEqual(option('vus')?.split(',').toSorted());
    expect(all('duration_planned_s')).toEqual([option('duration')?.replace(/s$/, '')]);
    expect(all('warmup_s')).toEqual([option('warmup')?.replace(/s$/, '')]);
    expect(all('scenario')).toEqual([option('scenario')]);
    expect(cells).toHaveLength(gateways.length * all('vus').length * Number(option('repeats')));
  });

  it('names the engine of its command and of its data', () => {
    expect(engine?.split(' ')[0]).toBe(option('engine'));
    expect(`${all('engine')} ${all('engine_version')}`).toBe(engine);
  });

  it('names the run of its data, which began when its id says', () => {
    expect(ids).toHaveLength(1);
    const createdMs = Date.parse((ids[0] ?? '').replace(/T(\d\d)-(\d\d)-(\d\d)Z.*/, 'T$1:$2:$3Z'));
    const firstMs = Math.min(...cells.map(({ started_at: at = '' }) => Date.parse(at)));
    expect(firstMs - createdMs).toBeGreaterThanOrEqual(0);
    expect(firstMs - createdMs).toBeLessThan(10 * 60_000);
  });
});

describe('the table of the sample', () => {
  const cells = measured('table.csv');
  const levels = stated('Table').option('vus')?.split(',') ?? [];

  it('is of the run and the engine that are stated with it', () => {
    const words = sample.replaceAll('\n', ' ');
    expect(words.match(RUN_ID)).toEqual(stated('Table').ids);
    expect(words).toContain(`engine ${stated('Table').engine}.`);
  });

  it('has a note for every mark, and a mark for every note', () => {
    const inTable = new Set(rows.flat().flatMap((cell) => cell.match(MARKS) ?? []));
    const notes = sample.split('\n').flatMap((line) => /^([⁰¹²³⁴⁵⁶⁷⁸⁹]+) /.exec(line)?.[1] ?? []);
    expect([...inTable].toSorted()).toEqual(notes.toSorted());
    expect(new Set(notes).size).toBe(notes.length);
  });

  it('has the rates of its data, and none of what was not in the run', () => {
    expect(rows.length).toBeGreaterThan(levels.length);
    for (const [name = '', , , ...figures] of rows) {
      const label = /`([^`]+)`/.exec(name)?.[1] ?? '';
      const own = cells.filter((cell) => labelOf(cell) === label);
      for (const [index, vus] of levels.entries()) {
        const rates = own
          .filter((cell) => cell.vus === vus && cell.outcome === 'ok')
          .map((cell) => Number(cell.rate_per_s));
        const mean = Math.exp(rates.reduce((sum, rate) => sum + Math.log(rate), 0) / rates.length);
        if (own.length === 0) expect(figures[index], label).toBe('–');
        else if (rates.length >= 3)
          expect(figures[index]?.split(' ')[0], `${label}, ${vus} VUs`).toBe(formatRate(mean));
      }
    }
  });
});
