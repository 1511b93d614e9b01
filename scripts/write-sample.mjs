// Writes the sample of README.md and the files in docs/sample: `npm run sample -- results/<table> results/<chart>`, after a
// build and `gatebench report` of the run for the chart. test/docs/readme.test.ts holds what is written against its data.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { deriveRun } from '../dist/src/analysis/derive-run.js';
import { summarise, vuLevels } from '../dist/src/analysis/summary.js';
import { ABSENT, formatList, formatVus, tabulateMebibytes, tabulateMilliseconds } from '../dist/src/lib/format.js';
import { gatewayLabel } from '../dist/src/model/resolved-gateway.js';
import { csvReport } from '../dist/src/report/csv.js';
import { Footnotes } from '../dist/src/report/footnotes.js';
import { formatMachineClass } from '../dist/src/report/format-machine.js';
import { levelRemarks } from '../dist/src/report/level-remarks.js';
import { escapeMarkdown } from '../dist/src/report/markdown-section.js';
import { reproduceCommands } from '../dist/src/report/reproduce.js';
import { rateCell } from '../dist/src/report/throughput-table.js';
import { expandSets, readGatewaySets } from '../dist/src/store/gateway-sets.js';
import { allVariants, readGateways } from '../dist/src/store/gateways.js';
import { RunFolder } from '../dist/src/store/run-folder.js';

const [tablePath, chartPath = tablePath] = process.argv.slice(2);
if (tablePath === undefined) {
  process.stderr.write('give the folder of the run for the table, and of the one for the chart if that is another\n');
  process.exit(2);
}
const root = join(import.meta.dirname, '..');
const sample = join(root, 'docs', 'sample');
rmSync(sample, { recursive: true, force: true });
mkdirSync(sample, { recursive: true });

const { run, summaries } = await keep(tablePath, 'table.csv');
const chart = await keep(chartPath, 'chart.csv');
copyFileSync(join(chartPath, 'report', 'charts', 'throughput.png'), join(sample, 'throughput.png'));
writeFileSync(
  join(sample, 'README.md'),
  `${['# Sample', 'The runs behind the table and the chart of [README.md](../../README.md), and all their cells.', ...about('Table', run, 'table.csv'), ...about('Chart', chart.run, 'chart.csv')].join('\n\n')}\n`,
);

const readme = join(root, 'README.md');
const text = readFileSync(readme, 'utf8');
const [before, after] = [text.split('<!-- sample -->')[0], text.split('<!-- /sample -->')[1]];
if (after === undefined) throw new Error('README.md has no <!-- sample --> … <!-- /sample -->');
writeFileSync(readme, `${before}<!-- sample -->\n\n${(await sampleLines()).join('\n')}\n\n<!-- /sample -->${after}`);

async function keep(path, fileName) {
  const folder = await RunFolder.open(path);
  const { records } = await folder.readRecords();
  const cells = deriveRun(records);
  writeFileSync(join(sample, fileName), csvReport(folder.run, cells));
  return { run: folder.run, summaries: summarise(folder.run, cells) };
}

/** What it takes to run it again. */
function about(title, { id, machine, engine, ...rest }, fileName) {
  const commands = reproduceCommands({ id, machine, engine, ...rest }).filter((line) => line.startsWith('gatebench'));
  return [
    `## ${title}`,
    `Run \`${id}\` on ${escapeMarkdown(formatMachineClass(machine))}, engine ${engine.name} ${engine.version}; [every cell](${fileName}).`,
    ['```sh', ...commands, '```'].join('\n'),
  ];
}

async function sampleLines() {
  const levels = vuLevels(summaries);
  const overheadVus = levels[0] ?? 0;
  const footnotes = new Footnotes();
  const stored = await readGateways([join(root, 'gateways')]);
  const published = expandSets(['@published'], await readGatewaySets([join(root, 'gateways')], stored));
  const rows = allVariants(stored)
    // Those of one scenario are in docs/failures.md.
    .filter(
      (gateway) =>
        gateway.variant !== 'failover' && published.includes(gateway.name) && !isOtherVersion(gateway, stored),
    )
    .sort(
      (a, b) =>
        Number(b.kind === 'direct') - Number(a.kind === 'direct') || Number(isBaseline(b)) - Number(isBaseline(a)),
    )
    .map((gateway) => rowOf(gateway, levels, overheadVus, footnotes));
  const title = (vus) => `RPS, ${formatVus(vus)}`;
  return [
    markdownTable(
      [
        ['gateway', 'version', 'language', ...levels.map(title), `added p50, ${formatVus(overheadVus)}`, 'memory'],
        ...rows,
      ],
      { align: ['l', 'l', 'l', ...levels.map(() => 'r'), 'r', 'r'], alignDelimiters: false },
    ),
    '',
    ...footnotes.lines().map((line) => `${escapeMarkdown(line)}<br>`),
    `RPS: successful requests per second, ± half of the 95 % interval of ${run.scenario.load.repeats} repeats. Added p50: milliseconds, gateway`,
    `minus direct. Memory: MiB, largest RSS of the process tree under load. ${ABSENT}: not in this run, \`${run.id}\` on`,
    `${formatMachineClass(run.machine)}, engine ${run.engine.name} ${run.engine.version}. [Its commands and data, and the chart's](docs/sample/README.md).`,
  ];
}

/** A version besides the published one, which isn't in its place either. */
function isOtherVersion(gateway, stored) {
  return (
    gateway.kind !== 'direct' && !gateway.fallback && gateway.version !== stored.get(gateway.name).manifest.version
  );
}

function isBaseline(gateway) {
  return gateway.kind === 'direct' || gateway.baseline;
}

function rowOf(gateway, levels, overheadVus, footnotes) {
  const label = gatewayLabel(gateway);
  const summary = summaries.find((candidate) => candidate.label === label);
  const name = gateway.variant === 'default' ? `[\`${label}\`](gateways/${gateway.name}/README.md)` : `\`${label}\``;
  const version = gateway.kind === 'direct' ? '' : (summary?.info?.version ?? gateway.version);
  const rates = levels.map((vus) => {
    const level = summary?.levels.find((candidate) => candidate.vus === vus);
    if (level === undefined) return ABSENT;
    return [rateCell(level), footnotes.mark(levelRemarks(summary, level))].filter(Boolean).join(' ');
  });
  const rss = summary?.rssBytes ?? null;
  const overhead = summary?.levels.find(({ vus }) => vus === overheadVus)?.shown?.overheadUs?.p50;
  return [
    name,
    version,
    gateway.kind === 'direct' ? 'no gateway' : gateway.language,
    ...rates,
    overhead == null ? ABSENT : `+${tabulateMilliseconds(overhead)}`,
    rss === null ? ABSENT : formatList([...new Set([rss.min, rss.max].map(tabulateMebibytes))]).replace(' and ', '–'),
  ];
}
