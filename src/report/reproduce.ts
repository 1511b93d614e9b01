import { DEFAULT_MAX_IN_FLIGHT } from '../model/bounds.js';
import { withoutTag } from '../model/container.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import type { Run } from '../model/run.js';
import type { PooledRuns } from './pooled-sections.js';

/** The placement as it was: "auto" could choose another. */
function formatPin({ placement }: Run): string {
  return placement.kind === 'off' ? 'off' : `load=${placement.load},gateway=${placement.gateway}`;
}

/** Quoted if needed: a latency distribution has parentheses. */
function quoted(word: string): string {
  return /^[\w.,=/-]+$/.test(word) ? word : `'${word}'`;
}

/** The same rule, which may end after another number of repeats. */
function formatUntil({ until }: Run): string[] {
  if (until === null) return [];
  const targets = until.targets.map(
    ({ metric, halfWidthShare }) => `${metric}:ci<=${Number((100 * halfWidthShare).toPrecision(12))}%`,
  );
  return [`--until '${targets.join(',')}' --max-repeats ${until.maxRepeats}`];
}

/** Stages can't be given on a command line: they are the scenario's. */
function formatLevels({
  model,
  vus,
  ratePerSec = [],
  stages,
  arrivals = 'constant',
  maxInFlight,
}: Run['scenario']['load']): string {
  if (stages !== undefined) return '';
  if (model === 'closed') return ` --vus ${vus.join(',')}`;
  // Recorded arrivals can't be given: they are the scenario's too.
  const how = arrivals === 'recorded' ? '' : ` --arrivals ${arrivals}`;
  return ` --rate-per-sec ${ratePerSec.join(',')}${how} --max-in-flight ${maxInFlight ?? DEFAULT_MAX_IN_FLIGHT}`;
}

/** What a search looks for; it chooses levels and repeats itself. */
function formatSearch({ capacity }: Run): string[] {
  if (capacity === undefined) return [];
  const { objectives, unit, from, max, precisionShare, maxWindows } = capacity;
  return [
    ...objectives.map(({ text }) => `--objective '${text}'`),
    `${unit === 'vus' ? '' : '--open '}--from ${from} --max ${max} --precision ${Math.round(100 * precisionShare)} --max-windows ${maxWindows}`,
  ];
}

/** The same hosts. */
function formatHost({ engine: { remote }, upstreamHost }: Run): string[] {
  const words: string[] = [];
  if (remote) {
    const k6 = remote.program === null ? '--k6-send' : `--k6-path ${quoted(remote.program)}`;
    words.push('--k6-hosts', remote.hosts.join(','), k6, '--gateway-address', remote.gatewayAddress);
  }
  if (upstreamHost !== undefined) words.push('--upstream-host', upstreamHost);
  return words.length === 0 ? [] : [words.join(' ')];
}

/** Of one run, or of each that a report is made of. */
export function reproduceAll(run: Run, pool: PooledRuns | null): string[] {
  if (pool === null) return reproduceCommands(run);
  const ids = pool.parts.map((part) => part.run.id);
  return [
    ...pool.parts.flatMap((part) => [`# ${part.run.id}`, ...reproduceCommands(part.run)]),
    '# This report',
    `gatebench report ${ids.map((id) => `results/${id}`).join(' ')}`,
  ];
}

/** Commands that repeat this run, with every override spelt out. The seed gives the same order. */
export function reproduceCommands(run: Run): string[] {
  const gateways = run.gateways.filter((gateway) => labelOf(gateway) !== run.aa?.copy);
  const installed = run.attached === null ? gateways.filter(({ image }) => image === undefined) : [];
  const images = [...new Set(run.gateways.flatMap(({ image }) => image ?? []))];
  // An image known only by its ID is in no registry.
  const pulls = images
    .filter((image) => image.includes('@'))
    .map((image) => `${run.runtime} pull ${withoutTag(image)}`);
  const { load, upstream, name } = run.scenario;
  const searched = run.capacity !== undefined;
  const which = formatWhich(run, gateways.map(labelOf));
  return [
    ...(run.harness.commit === null ? [] : [`git checkout ${run.harness.commit}`]),
    ...pulls,
    ...(installed.length === 0 ? [] : [`gatebench setup ${installed.map(labelOf).join(' ')}`]),
    [
      `gatebench ${searched ? 'capacity' : 'bench'} --scenario ${name} ${which}${searched ? '' : formatLevels(load)}`,
      `${load.stages === undefined ? `--duration ${load.durationS}s ` : ''}--warmup ${load.warmupS}s --idle ${load.idleS}s --recovery ${load.recoveryS}s${searched ? '' : ` --repeats ${load.repeats}`} --cooldown ${load.cooldownS}s`,
      ...formatSearch(run),
      ...formatUntil(run),
      `--upstream-latency ${quoted(upstream.latency)} --engine ${run.engine.name}${run.runtime === 'process' ? '' : ` --runtime ${run.runtime}`} --pin ${formatPin(run)}${run.calibration ? '' : ' --no-calibration'} --load-priority ${run.loadPriority.kind === 'realtime' ? 'realtime' : 'off'} --seed ${run.seed}`,
      ...formatHost(run),
    ].join(' \\\n  '),
  ];
}

/** What is measured. The values of headers aren't known: whoever repeats the run has them. */
function formatWhich({ aa, attached }: Run, labels: readonly string[]): string {
  if (aa !== null) return `--aa ${aa.gateway}`;
  if (attached === null) return `--gateways ${labels.join(',')}`;
  const { origin, path, name, model, headerNames, upstream, mockListen } = attached;
  return [
    `--url ${origin}${path} --name ${name} --model ${quoted(model)}`,
    ...headerNames.map((header) => `--header '${header}: ...'`),
    ...(upstream === 'external' ? ['--upstream external'] : []),
    ...(mockListen === null ? [] : [`--mock-listen ${mockListen}`]),
  ].join(' ');
}

function labelOf({ gateway, variant }: { gateway: string; variant: string }): string {
  return gatewayLabel({ name: gateway, variant });
}
