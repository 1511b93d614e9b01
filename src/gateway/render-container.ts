import { fillTemplate } from '../lib/placeholders.js';
import { sha256 } from '../lib/sha256.js';
import { type ContainerSpec, withoutTag } from '../model/container.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import type { ContainerEngineName } from '../model/runtime.js';
import { LABEL } from './container-engine.js';
import { fillTemplateFile, fillValues, type TemplateVariables } from './template-variables.js';

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

/** Variables that name files of this machine, which a container does not see. */
const HOST_ONLY = ['install', 'entry', 'work', 'folder', 'luajit', 'tlsCa', 'tlsCert', 'tlsKey'];
const HOST_PLACEHOLDER = new RegExp(`\\{(?:${HOST_ONLY.join('|')})\\}`);

/** The template variables that a container may use. */
export function containerVariables(variables: TemplateVariables): TemplateVariables {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !HOST_ONLY.includes(name)));
}

/** What a profiler adds to a container's environment: nothing if some of it names files of this machine. */
export function containerOverrides(overrides: LaunchOverrides): LaunchOverrides {
  const hasHostFile = Object.values(overrides.environment).some((value) => HOST_PLACEHOLDER.test(value));
  return hasHostFile ? { ...overrides, environment: {} } : overrides;
}

/** Fill the templates. @throws ExpectedError for a missing template file or an unknown placeholder */
export async function renderContainer(
  gateway: ProcessGateway,
  spec: ContainerSpec,
  variables: TemplateVariables,
): Promise<RenderedContainer> {
  const fill = (text: string) => fillTemplate(text, variables);
  const files = new Map<string, string>();
  for (const { template, to } of spec.files) {
    files.set(fill(to), await fillTemplateFile(gateway, template, variables, 'container.files'));
  }
  const parts = {
    image: spec.image,
    entrypoint: spec.entrypoint === undefined ? null : fill(spec.entrypoint),
    command: spec.command?.map(fill) ?? null,
    environment: fillValues(spec.environment, variables),
    user: spec.user === undefined ? null : fill(spec.user),
    init: spec.init,
  };
  return { ...parts, files, configSha256: sha256(JSON.stringify({ ...parts, files: [...files] })) };
}

/** What the machine and the run add to the manifest's container. */
export interface CreateOptions {
  engine: ContainerEngineName;
  name: string;
  /** For the label: `portkey`, or `portkey:variant`. */
  gateway: string;
  /** Path in the container to the path here that is mounted there. */
  mounts: Map<string, string>;
  cpus: string | null;
  stopSignal: string;
  /** Limit of open files; null for the engine's own. */
  descriptors: number | null;
}

/** The arguments of `docker create` and `podman create`. */
export function createArguments(rendered: RenderedContainer, options: CreateOptions): string[] {
  const { engine, cpus, descriptors } = options;
  const environment = { ...(engine === 'docker' ? NO_PROXIES : {}), ...rendered.environment };
  return [
    // A pull during a run would be measured, and the image must be known beforehand.
    '--pull=never',
    `--name=${options.name}`,
    `--label=${LABEL}=${options.gateway}`,
    // Requests pass no bridge or port mapping, as with a process.
    '--network=host',
    // `logs --follow` does not work with every log driver.
    '--log-driver=json-file',
    `--stop-signal=${options.stopSignal}`,
    ...(rendered.init ? ['--init'] : []),
    ...(rendered.user === null ? [] : [`--user=${rendered.user}`]),
    ...(cpus === null ? [] : [`--cpuset-cpus=${cpus}`]),
    // The limit that a process started here has; the engine's can be a billion.
    ...(descriptors === null ? [] : [`--ulimit=nofile=${descriptors}:${descriptors}`]),
    ...(engine === 'podman' ? ['--http-proxy=false'] : []),
    ...Object.entries(environment).map(([key, value]) => `--env=${key}=${value}`),
    ...[...options.mounts].map(([target, source]) => `--mount=type=bind,source=${source},target=${target},readonly`),
    ...(rendered.entrypoint === null ? [] : [`--entrypoint=${rendered.entrypoint}`]),
    withoutTag(rendered.image),
    ...(rendered.command ?? []),
  ];
}

/** The docker client sets the proxies of its user's configuration in every container, unless they are set already. */
const NO_PROXIES = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [
    [name, ''],
    [name.toLowerCase(), ''],
  ]),
);
