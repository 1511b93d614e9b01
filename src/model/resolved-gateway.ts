import type { AttachedGateway } from './attached-gateway.js';
import type { ContainerSpec } from './container.js';
import type {
  DialectPair,
  GatewayManifest,
  InstallStep,
  ProcessSpec,
  ProfilerSpec,
  RequestSpec,
  Requirements,
  ResponseSpec,
  TlsSpec,
  UpstreamSpec,
  VersionProbe,
} from './gateway.js';
import type { InstallMethod } from './install-method.js';
import type { ServiceSpec } from './service.js';

interface Common {
  name: string;
  variant: string;
  /** "Portkey", or "LiteLLM (a worker per core)". */
  title: string;
  language: string;
  colour: string;
  request: RequestSpec;
  response: ResponseSpec;
  upstream: UpstreamSpec;
  dialects: DialectPair[];
  tls: TlsSpec;
  notes: string[];
  /** The folder that holds the manifest, absolute. */
  folder: string;
}

/** A manifest with one variant merged in: everything the harness needs to run it. */
export type ResolvedGateway = Common &
  (
    | { kind: 'direct' }
    /** It runs already, and is only measured. `headers`: of its requests, as the user gave them. */
    | { kind: 'attached'; attached: AttachedGateway; headers: Record<string, string>; profiler: ProfilerSpec }
    | {
        kind: 'process';
        baseline: boolean;
        version: string;
        fallback: boolean;
        refuseVersions: Record<string, string>;
        install: InstallMethod[];
        versionProbe: VersionProbe;
        requires: Requirements;
        afterInstall: InstallStep[];
        services: Record<string, ServiceSpec>;
        process: ProcessSpec;
        /** Null where it can only be a process. */
        container: ContainerSpec | null;
        profiler: ProfilerSpec;
      }
  );
export type ProcessGateway = Extract<ResolvedGateway, { kind: 'process' }>;

/** What runs as a container with `--runtime`; null for a gateway that is a process all the same. */
export function containerOf(gateway: ResolvedGateway): ContainerSpec | null {
  // Services are installed and run on this machine, beside a process.
  return gateway.kind === 'process' && Object.keys(gateway.services).length === 0 ? gateway.container : null;
}

export const DEFAULT_VARIANT = 'default';

/** `name`, or `name:variant` for any variant but the default: how people write and read a gateway. */
export function gatewayLabel(gateway: { name: string; variant: string }): string {
  return gateway.variant === DEFAULT_VARIANT ? gateway.name : `${gateway.name}:${gateway.variant}`;
}

/** The names of all variants, the default first. */
export function variantNames(manifest: GatewayManifest): string[] {
  return [DEFAULT_VARIANT, ...Object.keys(manifest.variants).filter((name) => name !== DEFAULT_VARIANT)];
}

/**
 * Merge a variant into its manifest. Objects merge key by key, lists and scalars are replaced.
 * @param variantName one of {@link variantNames}; the default needs no entry of its own
 */
export function resolveVariant(manifest: GatewayManifest, variantName: string, folder: string): ResolvedGateway {
  const variant = manifest.variants[variantName];
  const common: Common = {
    name: manifest.name,
    variant: variantName,
    title: variant?.title ?? manifest.title,
    language: manifest.language,
    colour: manifest.colour,
    request: mergeRequest(manifest.request, variant?.request),
    response: defined({ ...manifest.response, ...variant?.response }),
    upstream: { ...manifest.upstream, ...variant?.upstream },
    dialects: variant?.dialects ?? manifest.dialects,
    tls: { ...manifest.tls, ...variant?.tls },
    notes: [...manifest.notes, ...(variant?.notes ?? [])],
    folder,
  };
  if (manifest.kind === 'direct') return { ...common, kind: 'direct' };
  return {
    ...common,
    kind: 'process',
    baseline: manifest.baseline,
    version: variant?.version ?? manifest.version,
    fallback: variant?.fallback ?? false,
    refuseVersions: manifest.refuseVersions,
    install: variant?.install ?? manifest.install,
    versionProbe: variant?.versionProbe ?? manifest.versionProbe,
    requires: { ...manifest.requires, ...variant?.requires },
    afterInstall: variant?.afterInstall ?? manifest.afterInstall,
    services: { ...manifest.services, ...variant?.services },
    process: mergeProcess(manifest.process, variant?.process),
    container: (variant?.container === undefined ? manifest.container : variant.container) ?? null,
    profiler: defined({ ...manifest.profiler, ...variant?.profiler }),
  };
}

type Overrides<T> = { [K in keyof T]?: T[K] | undefined };

export function mergeRequest(base: RequestSpec, over: Overrides<RequestSpec> | undefined): RequestSpec {
  return defined({ ...base, ...over, headers: { ...base.headers, ...over?.headers } });
}

export function mergeProcess(base: ProcessSpec, over: Overrides<ProcessSpec> | undefined): ProcessSpec {
  return defined({
    ...base,
    ...over,
    environment: { ...base.environment, ...over?.environment },
    ports: { ...base.ports, ...over?.ports },
  });
}

/** Spreading a partial may leave `undefined` in the type but never in the value: zod drops absent keys. */
function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return value as T;
}
