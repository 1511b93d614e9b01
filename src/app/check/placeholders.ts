import { containerVariables } from '../../gateway/render-container.js';
import { type TemplateVariables, templateVariables, tlsVariables } from '../../gateway/template-variables.js';
import { placeholdersIn } from '../../lib/placeholders.js';
import type { TlsSpec } from '../../model/gateway.js';
import type { InstallMethod } from '../../model/install-method.js';
import type { ProcessGateway, ResolvedGateway } from '../../model/resolved-gateway.js';
import type { ServiceSpec } from '../../model/service.js';
import type { Finding, Path } from './problem.js';

/** The names of placeholders that have a value somewhere. */
export type Known = readonly string[];

const PROBE: Known = ['entry', 'install', 'folder', 'version'];
const SERVICE: Known = ['entry', 'install', 'folder', 'work', 'port', 'listen'];
const SERVICE_PROBE: Known = ['entry', 'install', 'folder'];
const DOWNLOAD: Known = ['version', 'os', 'arch'];
const APT: Known = ['id', 'codename'];

/** What may be used in a gateway's values and templates: as a process, in a container, in a service beside it, and over TLS. */
export function knownPlaceholders(
  gateway: ResolvedGateway,
): Record<'process' | 'container' | 'service' | 'tls', Known> {
  const variables: TemplateVariables = templateVariables({
    gateway,
    receipt: { entry: '/entry' },
    installDir: '/install',
    workDir: '/work',
    upstream: 'http://127.0.0.1:9000',
    cpus: null,
  });
  const container = Object.keys(containerVariables(variables));
  const files = tlsVariables({ caFile: '/ca', certFile: '/cert', keyFile: '/key' });
  return { process: Object.keys(variables), container, service: SERVICE, tls: Object.keys({ ...variables, ...files }) };
}

/** Placeholders of a manifest's values that nothing fills. */
export function placeholderFindings(gateway: ResolvedGateway): Finding[] {
  return templates(gateway).flatMap(({ at, text, known }) => unknownPlaceholders(at, text, known));
}

/** What is wrong with one text. */
export function unknownPlaceholders(at: Path, text: string, known: Known): Finding[] {
  return placeholdersIn(text)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      at,
      message: `unknown placeholder {${name}}`,
      hint: `use one of ${known.map((each) => `{${each}}`).join(' ')}`,
    }));
}

type ProcessOverlay = NonNullable<NonNullable<TlsSpec['client']>['process']>;

interface Template {
  at: Path;
  text: string;
  known: Known;
}

/** Every text of a manifest in which placeholders are filled, with those that are known there. */
function templates(gateway: ResolvedGateway): Template[] {
  const known = knownPlaceholders(gateway);
  const headers = valuesOf(['request', 'headers'], gateway.request.headers);
  if (gateway.kind !== 'process') return withKnown(known.process, headers);
  const { process, container, profiler, versionProbe, install, afterInstall, services } = gateway;
  const everywhere = [...headers, ...valuesOf(['process', 'health', 'headers'], process.health.headers)];
  return [
    ...withKnown(known.process, [
      ...everywhere,
      ...listOf(['process', 'command'], process.command),
      { at: ['process', 'cwd'], text: process.cwd },
      ...valuesOf(['process', 'environment'], process.environment),
      // In a container it is left out where it names files of this machine.
      ...valuesOf(['profiler', 'environment'], profiler.environment),
      ...process.files.map(({ to }, index) => ({ at: ['process', 'files', index, 'to'], text: to })),
      ...listOf(['process', 'stop', 'command'], process.stop.command ?? []),
    ]),
    ...withKnown(
      known.tls,
      TLS_SIDES.flatMap((side) => overlayTexts(['tls', side, 'process'], gateway.tls[side]?.process ?? {})),
    ),
    ...(container === null ? [] : withKnown(known.container, [...everywhere, ...containerTexts(container)])),
    ...(versionProbe.from === 'command'
      ? withKnown(PROBE, [
          ...listOf(['versionProbe', 'command'], versionProbe.command),
          ...valuesOf(['versionProbe', 'environment'], versionProbe.environment),
        ])
      : []),
    ...install.flatMap((method, index) => installTexts(method, ['install', index])),
    ...withKnown(
      PROBE,
      afterInstall.flatMap(({ command, environment }, index) => [
        ...listOf(['afterInstall', index, 'command'], command),
        ...valuesOf(['afterInstall', index, 'environment'], environment),
      ]),
    ),
    ...Object.entries(services).flatMap(([name, service]) => serviceTexts(service, ['services', name])),
  ];
}

function serviceTexts(service: ServiceSpec, at: Path): Template[] {
  const { command, environment, prepare, afterStart, ready, files, version, install } = service;
  return [
    ...withKnown(SERVICE, [
      ...listOf([...at, 'command'], command),
      ...valuesOf([...at, 'environment'], environment),
      ...prepare.flatMap((step, index) => listOf([...at, 'prepare', index], step)),
      ...afterStart.flatMap((step, index) => listOf([...at, 'afterStart', index], step)),
      ...listOf([...at, 'ready', 'command'], ready.command ?? []),
      ...files.map(({ to }, index) => ({ at: [...at, 'files', index, 'to'], text: to })),
    ]),
    ...withKnown(SERVICE_PROBE, [
      ...listOf([...at, 'version', 'command'], version.command),
      ...valuesOf([...at, 'version', 'environment'], version.environment),
    ]),
    ...install.flatMap((method, index) => installTexts(method, [...at, 'install', index])),
  ];
}

type PlacedText = Omit<Template, 'known'>;

/** The sides of a gateway that may speak TLS. */
export const TLS_SIDES = ['client', 'upstream'] as const;

/** What goes over a manifest's process. */
function overlayTexts(at: Path, { command, environment, files }: ProcessOverlay): PlacedText[] {
  return [
    ...listOf([...at, 'command'], command ?? []),
    ...valuesOf([...at, 'environment'], environment ?? {}),
    ...(files ?? []).map(({ to }, index) => ({ at: [...at, 'files', index, 'to'], text: to })),
  ];
}

function containerTexts(container: NonNullable<ProcessGateway['container']>): PlacedText[] {
  const { entrypoint, command, environment, files, user } = container;
  return [
    ...(entrypoint === undefined ? [] : [{ at: ['container', 'entrypoint'], text: entrypoint }]),
    ...listOf(['container', 'command'], command ?? []),
    ...valuesOf(['container', 'environment'], environment),
    ...files.map(({ to }, index) => ({ at: ['container', 'files', index, 'to'], text: to })),
    ...(user === undefined ? [] : [{ at: ['container', 'user'], text: user }]),
  ];
}

function installTexts(method: InstallMethod, at: Path): Template[] {
  switch (method.method) {
    case 'download':
      return withKnown(DOWNLOAD, [
        { at: [...at, 'url'], text: method.url },
        { at: [...at, 'program'], text: method.program },
      ]);
    case 'apt':
      return withKnown(APT, [
        { at: [...at, 'repository', 'uri'], text: method.repository.uri },
        { at: [...at, 'repository', 'suite'], text: method.repository.suite },
      ]);
    default:
      return [];
  }
}

function withKnown(known: Known, texts: readonly PlacedText[]): Template[] {
  return texts.map((text) => ({ ...text, known }));
}

function listOf(at: Path, texts: readonly string[]): PlacedText[] {
  return texts.map((text, index) => ({ at: [...at, index], text }));
}

function valuesOf(at: Path, texts: Readonly<Record<string, string>>): PlacedText[] {
  return Object.entries(texts).map(([key, text]) => ({ at: [...at, key], text }));
}
