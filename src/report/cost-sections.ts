import type { CostFigure, GatewayCost, LevelCost } from '../analysis/cost.js';
import { ABSENT, formatDecimal, formatRate, formatSignificant, formatTitle } from '../lib/format.js';
import { levelTitle } from '../model/load-level.js';
import type { MachinePrice, Prices } from '../model/prices.js';
import { Footnotes } from './footnotes.js';
import { type AtRest, footprintSection } from './footprint-section.js';
import { formatRelative } from './format-interval.js';
import { columns, type Section } from './section.js';
import { marked, nameAndVersion } from './throughput-table.js';

/** What requests cost, and what gateways take without any. Empty for a run without a gateway. */
export function costSections(costs: readonly GatewayCost[], prices: Prices): Section[] {
  if (costs.length === 0) return [];
  const priced = costs.filter(({ levels }) => levels.length > 0);
  return [...(priced.length === 0 ? [] : [costSection(priced, prices)]), footprintSection(costs.map(atRest), 'report')];
}

function costSection(costs: readonly GatewayCost[], { currency, machines }: Prices): Section {
  const footnotes = new Footnotes();
  const titles = machines.map(({ name, ...price }) =>
    marked(`${currency}, ${name}`, footnotes.mark([priceRemark(price, currency)])),
  );
  const rows = costs.flatMap(({ summary, levels }) =>
    levels.map((level, at) => [
      at > 0 ? '' : marked(nameAndVersion(summary), footnotes.mark(servicesRemark(summary))),
      String(level.vus),
      figureText(level.ratePerSecPerCore, formatRate),
      figureText(level.cpuSPerMillion, cpuSeconds),
      marked(figureText(level.gibHoursPerMillion, threeDigits), footnotes.mark(memoryRemark(level))),
      ...level.perMillion.map(({ cost }) => figureText(cost, threeDigits)),
    ]),
  );
  return {
    title: 'Cost of a million requests',
    lead: [
      'CPU time and memory (PSS, the largest reading) that the gateway’s whole process tree used for a million successful requests at this load, ' +
        'priced by the vCPU-hour and the GiB-hour. RPS per core: successful requests for each second of CPU.',
      'That is the price of what was used, not of what has to be rented: capacity that idles, whole machines, load balancers, traffic, taxes and discounts are not in it. ' +
        'A second of this machine’s CPU is priced as one of a vCPU, which may do more or less in it. ' +
        'Only cells that can be trusted; ± is half of the 95 % interval over three repeats or more.',
    ],
    table: {
      columns: columns(
        [
          'Gateway',
          levelTitle(costs[0]?.summary.levels[0]?.model ?? 'closed'),
          'RPS per core',
          'CPU (s)',
          'GiB-hours',
          ...titles,
        ],
        1,
      ),
      rows,
    },
    notes: footnotes.lines(),
  };
}

function priceRemark({ title, perVcpuHour, perGibHour, asOf, source, note }: Omit<MachinePrice, 'name'>, of: string) {
  const more = note === undefined ? '' : `; ${note}`;
  return `${title}: ${perVcpuHour} ${of} per vCPU-hour, ${perGibHour} ${of} per GiB-hour, as of ${asOf}: ${source}${more}.`;
}

function servicesRemark({ info, title }: GatewayCost['summary']): string[] {
  const services = info?.services ?? [];
  if (services.length === 0) return [];
  const names = services.map((service) => formatTitle(service.title, service.version)).join(', ');
  return [`${title}: without ${names}, which ran beside it.`];
}

function memoryRemark({ memory }: LevelCost): string[] {
  return memory === 'RSS'
    ? ['By RSS, which counts pages that processes share once for each: PSS could not be read.']
    : [];
}

function atRest({ label, summary, idle, footprint }: GatewayCost): AtRest {
  return {
    label,
    title: nameAndVersion(summary),
    idle: { rss: figureText(idle.rssBytes, mebibytes), pss: figureText(idle.pssBytes, mebibytes) },
    footprint,
  };
}

function figureText(figure: CostFigure | null, format: (value: number) => string): string {
  if (figure === null) return ABSENT;
  return figure.interval === null ? format(figure.value) : formatRelative(figure.interval, format);
}

function cpuSeconds(value: number): string {
  return formatDecimal(value, value < 10 ? 1 : 0);
}

function threeDigits(value: number): string {
  return formatSignificant(value, 3);
}

function mebibytes(bytes: number): string {
  const value = bytes / 2 ** 20;
  return formatDecimal(value, value < 10 ? 1 : 0);
}
