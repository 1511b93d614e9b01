// Writes docs/gallery.md and its pictures from a run of `gatebench flame`, and the picture of README.md from one of its gateways:
// `npm run gallery -- results/<run-id> <gateway>`, after a build.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deriveRun } from '../dist/src/analysis/derive-run.js';
import { flameEntries } from '../dist/src/app/report/flame-entries.js';
import { flameSvg } from '../dist/src/flamegraph/svg.js';
import { formatList } from '../dist/src/lib/format.js';
import { gatewayLabel } from '../dist/src/model/resolved-gateway.js';
import { formatMachineClass } from '../dist/src/report/format-machine.js';
import { escapeMarkdown, markdownSection } from '../dist/src/report/markdown-section.js';
import { categorySection } from '../dist/src/report/profiles/category-section.js';
import { hotFunctionSections } from '../dist/src/report/profiles/hot-functions-section.js';
import { RunFolder } from '../dist/src/store/run-folder.js';

/** Small enough for the repository, and flat enough for README.md: what is left out is said below each picture. */
const PICTURE = { minShare: 0.002 };
const README_PICTURE = { minShare: 0.003, maxLevels: 45 };

const [path, shown] = process.argv.slice(2);
if (path === undefined || shown === undefined) {
  process.stderr.write(
    'give the folder of a run of gatebench flame, and the gateway for README.md: results/<run-id> portkey\n',
  );
  process.exit(2);
}
const docs = join(import.meta.dirname, '..', 'docs');
const folder = await RunFolder.open(path);
const { run } = folder;
const { records } = await folder.readRecords();
const cells = deriveRun(records);
const all = await flameEntries(folder, cells, (text) => process.stderr.write(`${text}\n`));
const entries = all
  .filter(({ profile }) => profile.profile.meta.profiler === 'perf')
  .sort((a, b) => gatewayIndex(a) - gatewayIndex(b));

rmSync(join(docs, 'gallery'), { recursive: true, force: true });
mkdirSync(join(docs, 'gallery'), { recursive: true });
for (const entry of entries) writeFileSync(join(docs, 'gallery', fileOf(entry)), flameSvg(entry.profile, PICTURE));
const forReadme = entries.find((entry) => labelOf(entry) === shown);
if (forReadme === undefined) throw new Error(`the run has no profile of ${shown} by perf`);
writeFileSync(join(docs, 'gallery', 'readme.svg'), flameSvg(forReadme.profile, README_PICTURE));

const gateways = formatList(entries.map((entry) => `\`${labelOf(entry)}\``));
const { load } = run.scenario;
const command = [
  `gatebench flame --gateways ${entries.map(labelOf).join(',')} --vus ${load.vus.join(',')} --duration ${load.durationS}s`,
  `--warmup ${load.warmupS}s --profiler perf --rate ${run.flame?.rateHz} --seed ${run.seed}`,
].join(' \\\n  ');
const text = [
  '# Gallery',
  `What CPU time is spent on in ${gateways}, under one load: ${load.vus.join(', ')} VUs, a mock upstream that responds after ` +
    `${run.scenario.upstream.latency}, perf at ${run.flame?.rateHz} Hz for ${load.durationS} s. Run \`${run.id}\` on ` +
    `${escapeMarkdown(formatMachineClass(run.machine))}. The same again:`,
  ['```sh', command, '```'].join('\n'),
  'A frame is as wide as its share of CPU time, callers are below what they call, and colours are categories. In a report each picture is ' +
    'an interactive page too, with search, zoom, a sandwich view and the samples in time: [flame graphs](profiling.md).',
  markdownSection(categorySection(entries), 2),
  ...untrusted(),
  ...entries.flatMap((entry) => [
    `## ${escapeMarkdown(entry.profile.profile.meta.title)}`,
    `![Flame graph: ${escapeMarkdown(entry.profile.profile.meta.title)}](gallery/${fileOf(entry)})`,
    ...hotFunctionSections([entry]).map((section) => markdownSection(section, 3)),
  ]),
].join('\n\n');
writeFileSync(join(docs, 'gallery.md'), `${text}\n`);

/** Why microseconds of a profile are not to be trusted, without the programs that the reason names. */
function untrusted() {
  const reasons = entries.flatMap((entry) => {
    const { outcome } = cellOf(entry);
    const [reason] = outcome.kind === 'invalid' ? outcome.reasons : [];
    return reason === undefined ? [] : [`\`${labelOf(entry)}\` (${escapeMarkdown(reason.replace(/\): .*/s, ')'))})`];
  });
  if (reasons.length === 0) return [];
  return [`Compare shares alone, no microseconds: these cells are invalid. ${reasons.join('; ')}.`];
}

function cellOf({ cellId }) {
  return cells.find((candidate) => candidate.cell.id === cellId);
}

function labelOf(entry) {
  const { cell } = cellOf(entry);
  return gatewayLabel({ name: cell.gateway, variant: cell.variant });
}

/** In the order of the plan's gateways: its cells are in a random one. */
function gatewayIndex(entry) {
  return run.gateways.findIndex(({ gateway, variant }) => gatewayLabel({ name: gateway, variant }) === labelOf(entry));
}

function fileOf(entry) {
  return `${labelOf(entry).replace(':', '-')}.svg`;
}
