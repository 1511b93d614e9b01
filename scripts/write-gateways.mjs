// Writes docs/gateways.md from the manifests, docs/gateways/measured.json and docs/gateways/untried.yaml: `npm run gateways`,
// after a build. Folders of runs as arguments are taken into measured.json first, newest last: what they measured at 50 VUs, and how
// much of their flame graphs has no category. With --check it writes nothing and fails where the page is not as it should be.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { parse } from 'yaml';
import { ABSENT, formatSignificant } from '../dist/src/lib/format.js';
import { gatewayLabel } from '../dist/src/model/resolved-gateway.js';
import { categorise } from '../dist/src/profiles/categories/categorise.js';
import { categoryTotals } from '../dist/src/profiles/categories/category-table.js';
import { formatMachineClass } from '../dist/src/report/format-machine.js';
import { expandSets, readGatewaySets } from '../dist/src/store/gateway-sets.js';
import { allVariants, findGateway, readGateways } from '../dist/src/store/gateways.js';
import { RunFolder } from '../dist/src/store/run-folder.js';

const VUS = 50;
const root = join(import.meta.dirname, '..');
const page = join(root, 'docs', 'gateways.md');
const data = join(root, 'docs', 'gateways', 'measured.json');
const checks = process.argv.includes('--check');
const runs = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const stored = await readGateways([join(root, 'gateways')]);
const measured = existsSync(data) ? JSON.parse(readFileSync(data, 'utf8')) : { machine: null, gateways: {} };
for (const run of runs) await takeIn(run);
if (runs.length > 0) {
  measured.gateways = Object.fromEntries(Object.entries(measured.gateways).sort(([a], [b]) => a.localeCompare(b)));
  writeFileSync(data, `${JSON.stringify(measured, null, 2)}\n`);
}
const { untried, leftOut } = parse(readFileSync(join(root, 'docs', 'gateways', 'untried.yaml'), 'utf8'));
const text = await pageText();
if (!checks) writeFileSync(page, text);
else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
  process.stderr.write(`not up to date: ${page}\nrun: npm run gateways\n`);
  process.exitCode = 1;
}

/** Keep what a run says of each gateway; of two runs, the later one's. */
async function takeIn(path) {
  const folder = await RunFolder.open(path);
  const { run } = folder;
  measured.machine = formatMachineClass(run.machine);
  const { records } = await folder.readRecords();
  for (const record of records) {
    const { cell, gateway, outcome } = record;
    // A port that something else has says nothing about the gateway.
    if (cell.vus !== VUS || (outcome.kind === 'failed' && outcome.stage === 'preflight')) continue;
    const label = gatewayLabel({ name: cell.gateway, variant: cell.variant });
    measured.gateways[label] ??= {};
    const known = measured.gateways[label];
    known.version = gateway.version;
    if ((cell.profiler ?? null) === null) {
      known[run.scenario.request.stream ? 'streamed' : 'plain'] = {
        run: run.id,
        outcome: outcome.kind === 'failed' ? `failed at ${outcome.stage}, see its README` : outcome.kind,
        ok: record.requests?.ok ?? 0,
        cpuUsPerRequest: record.resources?.gateway?.cpuUsPerRequest ?? null,
        failed: Object.values(record.requests?.failed ?? {}).reduce((sum, count) => sum + count, 0),
      };
    } else if (cell.profiler === 'perf') {
      const profile = await folder.readProfile(cell.id);
      if (profile === null) continue;
      // By the manifest's rules of today.
      const { profiler } = findGateway(stored, label);
      profile.meta.rules = profiler.categories;
      const unknown = categoryTotals(categorise(profile)).find(({ category }) => category === 'unknown')?.share ?? 0;
      known.flame = { run: run.id, unknownShare: unknown, samples: record.profile?.samples ?? null };
    }
  }
}

async function pageText() {
  const sets = await readGatewaySets([join(root, 'gateways')], stored);
  // Those of one scenario are in docs/failures.md.
  const variants = allVariants(stored).filter(({ kind, variant }) => kind === 'process' && variant !== 'failover');
  const stray = [...Object.keys(untried), ...Object.keys(measured.gateways)].filter(
    (label) => label !== 'direct' && !variants.some((gateway) => gatewayLabel(gateway) === label),
  );
  if (stray.length > 0) throw new Error(`no such gateways: ${stray.join(', ')}`);
  const [tried, others] = [
    variants.filter((gateway) => isTried(gateway)),
    variants.filter((gateway) => !isTried(gateway)),
  ];
  return `${[
    '# Gateways',
    'Written by `npm run gateways` from the manifests and from what was measured. Each name leads to the README of its manifest: how it is run, where its facts are from, and what was tried.',
    '## Sets',
    markdownTable([
      ['set', 'what', 'gateways'],
      ...[...sets.byName.values()]
        .filter(({ file }) => file !== null)
        .map(({ name, title }) => [
          `\`@${name}\``,
          title,
          expandSets([`@${name}`], sets)
            .map(code)
            .join(' '),
        ]),
      ['`@all`', 'Every gateway, in its default variant', ''],
    ]),
    'They are given where gateways are: `gatebench bench -g @today`, `gatebench setup @baselines`, `make bench GATEWAYS=@today`. They are defined in [gateways/sets.yaml](../gateways/sets.yaml); a `sets.yaml` in a folder `gateways` of your own adds to them. Without any, `@published` is meant.',
    '## Measured',
    `Installed as anybody would, started, measured at ${VUS} VUs for 5 s, plain and as a stream, and profiled by perf, on ${measured.machine}. This shows that each works, and ranks nobody: the machine was shared with other work, so the counts of responses are no rates, and the CPU time is an order of magnitude.`,
    markdownTable(
      [
        [
          'gateway',
          'version',
          'language',
          'from',
          'plain',
          'streamed',
          'CPU µs a request',
          'unknown in its flame graph',
        ],
        ...tried.map(triedRow),
      ],
      { align: ['l', 'l', 'l', 'l', 'l', 'l', 'r', 'r'] },
    ),
    '## Not in these runs',
    'Their manifests are checked (`gatebench check`), and nothing more is claimed: whoever runs one first should expect to correct it, and its README says what to look at. Each can be run with a program of your own ([how](commands.md#where-gateways-come-from)).',
    markdownTable([
      ['gateway', 'version', 'language', 'from', 'why not'],
      ...others.map((gateway) => [
        linked(gateway),
        gateway.version,
        gateway.language,
        sourceOf(gateway),
        untried[gatewayLabel(gateway)] ?? untried[gateway.name] ?? missing(gateway),
      ]),
    ]),
    '## Without a manifest',
    Object.entries(leftOut)
      .map(([name, why]) => `- **${name}**: ${why}.`)
      .join('\n'),
    'How to add one, and the rule for its settings: [adding-a-gateway.md](adding-a-gateway.md), [fairness.md](fairness.md).',
  ].join('\n\n')}\n`;
}

function missing(gateway) {
  if (measured.gateways[gateway.name]?.plain !== undefined) return 'a variant or another version; not in these runs';
  throw new Error(`${gatewayLabel(gateway)} was not measured, and docs/gateways/untried.yaml doesn't say why`);
}

function isTried(gateway) {
  return measured.gateways[gatewayLabel(gateway)]?.plain !== undefined;
}

function triedRow(gateway) {
  const { version, plain, streamed, flame } = measured.gateways[gatewayLabel(gateway)];
  const cpu = plain?.cpuUsPerRequest ?? null;
  return [
    linked(gateway),
    version,
    gateway.language,
    sourceOf(gateway),
    cellOf(plain),
    cellOf(streamed),
    cpu === null ? ABSENT : formatSignificant(cpu, 3),
    flame === undefined ? ABSENT : `${formatSignificant(flame.unknownShare * 100, 2)} %`,
  ];
}

function cellOf(cell) {
  if (cell === undefined) return ABSENT;
  // Whether a window is to be trusted says nothing about whether the gateway works.
  if (cell.outcome !== 'ok' && cell.outcome !== 'invalid') return cell.outcome;
  return `${cell.ok.toLocaleString('en')} right, ${cell.failed === 0 ? 'none' : cell.failed} failed`;
}

function linked(gateway) {
  const label = code(gatewayLabel(gateway));
  return gateway.variant === 'default' ? `[${label}](../gateways/${gateway.name}/README.md)` : label;
}

function code(text) {
  return `\`${text}\``;
}

/** Where the first method that isn't the user's own program gets it. */
function sourceOf({ install }) {
  const method = install.find((each) => each.method !== 'existing');
  switch (method?.method) {
    case 'go':
      return 'Go module';
    case 'cargo':
      return 'crates.io';
    case 'npm':
      return 'npm';
    case 'pip':
      return 'PyPI';
    case 'download':
      return 'release file';
    case 'deb-unpack':
      return "Debian's package";
    case 'apt':
      return 'an apt repository, as root';
    default:
      return 'your own program';
  }
}
