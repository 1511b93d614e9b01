import { formatList, formatTitle } from '../../lib/format.js';
import { DEFAULT_VARIANT, gatewayLabel } from '../../model/resolved-gateway.js';
import type { PlannedGateway, Run } from '../../model/run.js';
import type { DerivedCell } from '../derive-run.js';

/** One run of several in a report. */
export interface RunPart {
  run: Run;
  /** Derived within their own run, profiled ones too. */
  cells: readonly DerivedCell[];
}

/** What a gateway of one run is called beside those of others. */
export interface PooledName {
  gateway: string;
  variant: string;
  title: string;
}

/** A label under which the runs measured different things, each of which has a label of its own in the report. */
export interface SplitGateway {
  label: string;
  builds: { label: string; title: string; version: string | null; runIds: string[] }[];
}

export interface Names {
  /** @param label in that run */
  nameOf(runId: string, label: string): PooledName;
  split: SplitGateway[];
}

/** What ran under a label. Null isn't known, as of a gateway that was skipped. */
interface Build {
  version: string | null;
  /** `process`, or `docker-0123456789ab`. */
  runtime: string | null;
  configSha256: string | null;
  /** Its manifest and the files beside it. */
  basis: string | null;
}

interface Cluster {
  members: Build[];
  planned: PlannedGateway;
  runIds: string[];
}

/**
 * Name the gateways of several runs: one label where the same thing ran in all of them, a label for each version where
 * it didn't.
 */
export function nameGateways(parts: readonly RunPart[]): Names {
  const labels = [...new Set(parts.flatMap(({ run }) => run.gateways.map(labelOf)))];
  const taken = new Set(labels);
  const names = new Map<string, PooledName>();
  const split: SplitGateway[] = [];
  for (const label of labels) {
    const clusters = clustersOf(label, parts);
    const suffixes = clusters.length === 1 ? [] : suffixesOf(clusters);
    const builds = clusters.map((cluster, at) => {
      const name = nameOf(cluster, suffixes[at], taken);
      for (const runId of cluster.runIds) names.set(keyOf(runId, label), name);
      return { label: labelOf(name), title: name.title, version: known(cluster, 'version'), runIds: cluster.runIds };
    });
    if (builds.length > 1) split.push({ label, builds });
  }
  return {
    nameOf(runId, label) {
      const name = names.get(keyOf(runId, label));
      if (name === undefined) throw new Error(`${runId} has no gateway ${label}`);
      return name;
    },
    split,
  };
}

function labelOf({ gateway, variant }: Pick<PlannedGateway, 'gateway' | 'variant'>): string {
  return gatewayLabel({ name: gateway, variant });
}

function keyOf(runId: string, label: string): string {
  return `${runId} ${label}`;
}

/** The runs that have the label, by what ran under it. One of which nothing is known joins the first. */
function clustersOf(label: string, parts: readonly RunPart[]): Cluster[] {
  const entries = parts.flatMap(({ run, cells }) => {
    const planned = run.gateways.find((each) => labelOf(each) === label);
    return planned === undefined ? [] : [{ planned, runId: run.id, build: buildOf(planned, run, cells) }];
  });
  const clusters: Cluster[] = [];
  for (const { planned, runId, build } of entries.toSorted((a, b) => unknowns(a.build) - unknowns(b.build))) {
    const cluster = clusters.find(({ members }) => members.some((member) => isSame(member, build)));
    if (cluster === undefined) clusters.push({ members: [build], planned, runIds: [runId] });
    else {
      cluster.members.push(build);
      cluster.runIds.push(runId);
    }
  }
  const order = (runId: string | undefined) => parts.findIndex(({ run }) => run.id === runId);
  for (const { runIds } of clusters) runIds.sort((a, b) => order(a) - order(b));
  return clusters.sort((a, b) => order(a.runIds[0]) - order(b.runIds[0]));
}

function buildOf(planned: PlannedGateway, run: Run, cells: readonly DerivedCell[]): Build {
  const own = cells.filter(({ cell }) => cell.gateway === planned.gateway && cell.variant === planned.variant);
  const infos = own.map(({ gateway }) => gateway).filter(({ version }) => version !== null);
  const info = infos.find(({ configSha256 }) => configSha256 !== null) ?? infos[0];
  if (info === undefined) return { version: null, runtime: null, configSha256: null, basis: null };
  const { runtime } = info;
  const basis = run.basis?.gateways[labelOf(planned)];
  return {
    version: info.version,
    runtime: runtime.kind === 'container' ? `${runtime.engine}-${shortId(runtime.imageId)}` : runtime.kind,
    configSha256: info.configSha256,
    basis: basis === undefined ? null : JSON.stringify([basis.manifestSha256, Object.entries(basis.files).sort()]),
  };
}

function shortId(imageId: string): string {
  return imageId.replace(/^sha256:/, '').slice(0, 12);
}

function unknowns(build: Build): number {
  return Object.values(build).filter((value) => value === null).length;
}

/**
 * The rendered configuration holds the paths of what is installed, and the manifest what never ran: it takes a difference
 * in both to make another thing of one version.
 */
function isSame(a: Build, b: Build): boolean {
  const agree = (key: keyof Build) => a[key] === null || b[key] === null || a[key] === b[key];
  const sameFiles = a.basis !== null && a.basis === b.basis;
  return agree('version') && agree('runtime') && (sameFiles || agree('configSha256'));
}

function known({ members }: Cluster, key: keyof Build): string | null {
  return members.map((member) => member[key]).find((value) => value !== null) ?? null;
}

/** Words that tell the clusters of one label apart: versions if these do, else whatever does. */
function suffixesOf(clusters: readonly Cluster[]): string[] {
  const version = clusters.map((cluster) => known(cluster, 'version') ?? 'unknown');
  const runtime = clusters.map((cluster) => known(cluster, 'runtime') ?? 'unknown');
  const config = clusters.map((cluster) => `config-${known(cluster, 'configSha256')?.slice(0, 6) ?? 'unknown'}`);
  const choices = [[version], [runtime], [config], [version, runtime], [version, config], [version, runtime, config]];
  const joined = choices.map((words) => clusters.map((_, at) => words.map((each) => each[at]).join('-')));
  const apart = joined.find((suffixes) => new Set(suffixes.map(slug)).size === clusters.length);
  return apart ?? clusters.map(({ runIds }) => runIds[0] ?? 'unknown');
}

/** @param suffix absent where the label says enough */
function nameOf({ planned }: Cluster, suffix: string | undefined, taken: Set<string>): PooledName {
  const { gateway, variant, title } = planned;
  if (suffix === undefined) return { gateway, variant, title };
  const short = variant === DEFAULT_VARIANT ? slug(suffix) : slug(`${variant}-${suffix}`);
  // A manifest may have a variant of this very name.
  const free = [short, slug(`${variant}-${suffix}`), ...Array.from({ length: 100 }, (_, at) => `${short}-${at + 2}`)];
  const chosen = free.find((name) => !taken.has(labelOf({ gateway, variant: name }))) ?? short;
  taken.add(labelOf({ gateway, variant: chosen }));
  const isVersion = /^v?\d/.test(suffix);
  return { gateway, variant: chosen, title: isVersion ? formatTitle(title, suffix) : `${title} (${suffix})` };
}

/** Longest part of a name that a version makes; what is before and after it has to fit too. */
const MAX_SLUG = 40;

/** As names may be: lower-case letters, digits, `-`, `_` and `.`. */
function slug(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, MAX_SLUG);
  return name === '' ? 'unknown' : name;
}

/** `litellm:1.82.6 in <run>; litellm:1.108.7 in <run> and <run>`. */
export function formatBuilds({ builds }: SplitGateway): string {
  return builds.map(({ label, runIds }) => `${label} in ${formatList(runIds)}`).join('; ');
}
