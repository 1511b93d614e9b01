import { createHash } from 'node:crypto';
import { fillTemplate } from '../lib/placeholders.js';
import { type ContainerSpec, withoutTag } from '../model/container.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import type { ContainerEngineName } from '../model/runtime.js';
import { LABEL } from './container-engine.js';
import { renderTemplate } from './rendered-template.js';

/** A manifest's container with every placeholder filled. */
export interface RenderedContainer {
  image: string;
  entrypoint: string | null;
  command: string[] | null;
  environment: Record<string, string>;
  /** Path in the container to contents. */
  files: Map<string, string>;
  user: string | null;
  init: boolean;
  /** sha256 over all of the above. */
  configSha256: string;
}

/** Placeholders that name files of this machine, which a container does not see. */
const OUTSIDE_ONLY = ['install', 'entry', 'work', 'folder'];

/** The values that a container's templates may name. */
export function insideValues(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !OUTSIDE_ONLY.includes(name)));
}

/** Fill the templates. @throws ExpectedError for a missing template file or an unknown placeholder */
export async function renderContainer(
  gateway: ProcessGateway,
  spec: ContainerSpec,
  values: Record<string, string>,
): Promise<RenderedContainer> {
  const fill = (text: string) => fillTemplate(text, values);
  const files = new Map<string, string>();
  for (const { template, to } of spec.files) {
    files.set(fill(to), await renderTemplate(gateway, template, values, 'container.files'));
  }
  const parts = {
    image: spec.image,
    entrypoint: spec.entrypoint === undefined ? null : fill(spec.entrypoint),
    command: spec.command?.map(fill) ?? null,
    environment: Object.fromEntries(Object.entries(spec.environment).map(([key, value]) => [key, fill(value)])),
    user: spec.user === undefined ? null : fill(spec.user),
    init: spec.init,
  };
  const hash = createHash('sha256').update(JSON.stringify({ ...parts, files: [...files] }));
  return { ...parts, files, configSha256: hash.digest('hex') };
}

/** What the machine and the run add to it. */
export interface ContainerSurroundings {
  engine: ContainerEngineName;
  name: string;
  /** `portkey`, or with a variant, for the label. */
  gateway: string;
  /** Path in the container to the file here that is mounted there. */
  mounts: Map<string, string>;
  cpus: string | null;
  stopSignal: string;
  /** Open files; null for the engine's own limit. */
  descriptors: number | null;
}

/** The arguments of `docker create` and `podman create`. */
export function createArguments(rendered: RenderedContainer, around: ContainerSurroundings): string[] {
  const { engine, cpus, descriptors } = around;
  const environment = { ...(engine === 'docker' ? NO_PROXIES : {}), ...rendered.environment };
  return [
    // A pull in the middle of a run would be measured with it, and what is pulled must be known before.
    '--pull=never',
    `--name=${around.name}`,
    `--label=${LABEL}=${around.gateway}`,
    // 127.0.0.1 is the machine's own, and no bridge or port mapping stands in the requests' way.
    '--network=host',
    // Read with `logs --follow`, which an engine that logs elsewhere by default could not do.
    '--log-driver=json-file',
    `--stop-signal=${around.stopSignal}`,
    ...(rendered.init ? ['--init'] : []),
    ...(rendered.user === null ? [] : [`--user=${rendered.user}`]),
    ...(cpus === null ? [] : [`--cpuset-cpus=${cpus}`]),
    // The limit that a process started here has, and not the engine's, which can be a billion.
    ...(descriptors === null ? [] : [`--ulimit=nofile=${descriptors}:${descriptors}`]),
    ...(engine === 'podman' ? ['--http-proxy=false'] : []),
    ...Object.entries(environment).map(([key, value]) => `--env=${key}=${value}`),
    ...[...around.mounts].map(([target, source]) => `--mount=type=bind,source=${source},target=${target},readonly`),
    ...(rendered.entrypoint === null ? [] : [`--entrypoint=${rendered.entrypoint}`]),
    withoutTag(rendered.image),
    ...(rendered.command ?? []),
  ];
}

/** The docker client hands the proxies of its user's configuration to every container, unless they are set already. */
const NO_PROXIES = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [
    [name, ''],
    [name.toLowerCase(), ''],
  ]),
);
