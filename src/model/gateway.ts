import { z } from 'zod';
import { CategoryRule } from './category.js';
import { ContainerSpec } from './container.js';
import { InstallMethod } from './install-method.js';
import { Colour, Name, Port, VersionRange } from './names.js';
import { Dialect } from './request.js';
import { ServiceName, ServiceSpec } from './service.js';

/**
 * Text in which the harness fills placeholders: `{install}` the installed version's folder, `{work}` a fresh folder
 * for this cell, `{folder}` the manifest's own folder, `{port}` and `{ports.NAME}`, `{upstream}` the mock's origin
 * such as `http://127.0.0.1:9000`, `{upstreamHost}`, `{upstreamPort}`, `{upstreamKey}` and `{upstreamModel}` that it is asked with, `{upstream2}`, `{upstream2Host}` and `{upstream2Port}` of the second mock (the first where the scenario has one), `{listen}` the address to listen on, `{clientScheme}` and `{upstreamScheme}` `http` or `https`, `{cores}`, `{version}`, `{entry}` the program
 * that the install way left behind, in scenarios over TLS the files `{tlsCa}`, `{tlsCert}` and `{tlsKey}`, `{services.NAME.port}` and `{services.NAME.work}` of a service. The same syntax holds in the files of `process.files`. Only a word in braces
 * without spaces is a placeholder, and one that isn't known is an error; `{ "a": 1 }`, `{2}` and `${name}` are text.
 * `{luajit}` is the folder of gatebench's modules for LuaJIT.
 */
const Template = z.string();
const Environment = z.record(z.string(), Template);

const Signal = z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']);

/** How the gateway is told to stop, before it is killed. */
const StopSpec = z.strictObject({
  /** Sent to the main process. */
  signal: Signal.default('SIGTERM'),
  /** Run instead of the signal, for gateways with a quit command of their own. */
  command: z.array(Template).min(1).optional(),
  /** Seconds until the whole tree is killed. */
  graceS: z.number().positive().max(120).default(15),
});

/** A GET that answers 200 once the gateway takes requests. */
const HealthSpec = z.strictObject({
  path: z.string().startsWith('/'),
  /** Name of the port in `ports`; the main port where absent. */
  port: z.string().optional(),
  /** Seconds from the start until the gateway counts as never healthy. */
  timeoutS: z.number().positive().max(600).default(60),
  headers: Environment.default({}),
});

export const ProcessSpec = z.strictObject({
  command: z.array(Template).min(1),
  /** Working directory; `{work}` where absent. */
  cwd: Template.default('{work}'),
  environment: Environment.default({}),
  /** Templates from the manifest's folder, rendered into `{work}`. */
  files: z.array(z.strictObject({ template: z.string(), to: z.string() })).default([]),
  /** The port that takes the load. */
  port: Port,
  /** Any other port that it opens, by name; checked to be free too. */
  ports: z.record(z.string(), Port).default({}),
  health: HealthSpec,
  stop: StopSpec.default({ signal: 'SIGTERM', graceS: 15 }),
  /** What the process tree looks like; a note for people, the harness measures the whole tree anyway. */
  tree: z.enum(['single', 'master-workers']).default('single'),
});

export const RequestSpec = z.strictObject({
  path: z.string().startsWith('/').default('/v1/chat/completions'),
  /** Model name as this gateway wants it. */
  model: z.string().default('gpt-4o'),
  headers: Environment.default({}),
  /** Added to the body of each request, as it is: for gateways that are told there what to do. */
  body: z.record(z.string(), z.json()).optional(),
});

/** How its answers may differ from the upstream's and still count. */
export const ResponseSpec = z.strictObject({
  /**
   * Seconds in which the first answers may be wrong, from when the gateway is healthy: for gateways that first have to
   * find the upstream or its models. It is asked until an answer is right; the load begins after that.
   */
  retryForS: z.number().min(0).max(300).default(0),
  /** `optional`: a completion without `"object": "chat.completion"` is right too. Other values of it never are. */
  object: z.enum(['required', 'optional']).default('required'),
});
export type ResponseSpec = z.infer<typeof ResponseSpec>;
export const STRICT_RESPONSE: ResponseSpec = { retryForS: 0, object: 'required' };

/** What the gateway wants of its upstream. */
export const UpstreamSpec = z.strictObject({
  /** What the upstream lists at `GET /v1/models`, for gateways that pass on no others. */
  models: z
    .array(z.string().regex(/^[^\s,]+$/, 'a model name without spaces and commas'))
    .min(1)
    .optional(),
});
export type UpstreamSpec = z.infer<typeof UpstreamSpec>;

export const ProfilerSpec = z.strictObject({
  /** The language's own profiler, beside perf. `jvm` and `luajit` have none, but write down for perf what they compiled. */
  native: z.enum(['pprof', 'py-spy', 'v8', 'jvm', 'luajit', 'none']).default('none'),
  /** How perf walks this gateway's stacks. */
  callGraph: z.enum(['fp', 'dwarf']).default('fp'),
  /**
   * Added to the environment of cells that `native` profiles, such as a switch that mounts pprof; for `jvm` and `luajit` of
   * those that perf profiles.
   */
  environment: Environment.default({}),
  /** Where Go's profiles are served. */
  pprof: z
    .strictObject({
      path: z.string().startsWith('/').default('/debug/pprof'),
      /** Name of the port in `ports`; the main port where absent. */
      port: z.string().optional(),
      headers: z.record(z.string(), z.string()).default({}),
    })
    .optional(),
  /** Frames of which this gateway's makers know the category; tried before the general rules. */
  categories: z.array(CategoryRule).default([]),
});
const PROFILER_DEFAULTS = { native: 'none' as const, callGraph: 'fp' as const, environment: {}, categories: [] };

/** How the installed version is learnt: asked of the program, or read from what the installer locked. */
export const VersionProbe = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('command'),
    command: z.array(Template).min(1),
    /** First group is the version; applied to stdout and stderr. */
    pattern: z.string(),
    environment: Environment.default({}),
  }),
  /** `go version -m` of the built program: the main module's version. */
  z.strictObject({ from: z.literal('go-build-info') }),
  /** `version` in the installed package's package.json. */
  z.strictObject({ from: z.literal('npm-package'), package: z.string() }),
  /** The installed distribution's metadata. */
  z.strictObject({ from: z.literal('python-distribution'), distribution: z.string() }),
]);

/** A command of an installation. */
const InstallStep = z.strictObject({
  /** `{entry}`, `{install}`, `{folder}` and `{version}` are filled in. */
  command: z.array(Template).min(1),
  environment: Environment.default({}),
});
export type InstallStep = z.infer<typeof InstallStep>;

/** Versions of the runtimes that run the gateway, as npm writes ranges: `>=22.3`, `>=3.11 <3.14`. */
const Requirements = z.strictObject({ node: VersionRange.optional(), python: VersionRange.optional() });
export type Requirements = z.infer<typeof Requirements>;

type WithoutDefault<F> = F extends z.ZodDefault<infer T extends z.ZodType> ? T : F;

/**
 * The same object with every key optional and no key defaulted. zod's own `partial()` fills the defaults in, and a
 * variant would then replace what it doesn't name.
 */
function overridesOf<S extends z.ZodRawShape>(schema: z.ZodObject<S>) {
  const fields = Object.entries(schema.shape).map(([key, field]) => {
    const bare = field instanceof z.ZodDefault ? field.unwrap() : field;
    return [key, z.optional(bare)] as const;
  });
  const shape = Object.fromEntries(fields) as { [K in keyof S]: z.ZodOptional<WithoutDefault<S[K]>> };
  return z.strictObject(shape);
}

/**
 * A form in which the gateway takes requests and one in which it asks the upstream, other than chat completions both. What
 * it names replaces what the manifest says, objects merged key by key.
 */
export const DialectPair = z.strictObject({
  client: Dialect,
  upstream: Dialect,
  /** The path is the dialect's own where it isn't named: `/v1/messages`, `/v1/responses`. */
  request: overridesOf(RequestSpec).optional(),
  process: overridesOf(ProcessSpec).optional(),
});
export type DialectPair = z.infer<typeof DialectPair>;

/** How the gateway speaks TLS on one of its sides. What it names replaces what the manifest says, objects merged key by key; `{}` where nothing has to change. */
const TlsSide = z.strictObject({
  process: overridesOf(ProcessSpec).optional(),
  /** Why it can't. */
  cannot: z.string().optional(),
});

/**
 * What it takes to measure it over TLS. A side that isn't named is skipped: nobody has tried it. Towards the upstream,
 * every process finds the run's CA in `SSL_CERT_FILE` and the like; with both sides, `client` goes over `upstream`.
 */
export const TlsSpec = z.strictObject({ client: TlsSide.optional(), upstream: TlsSide.optional() });
export type TlsSpec = z.infer<typeof TlsSpec>;

/** One way of running the gateway; what it names replaces what the manifest says, objects merged key by key. */
const Variant = z.strictObject({
  title: z.string().optional(),
  version: z.string().optional(),
  /** Used in the default variant's place, under its own name, where the default can't be installed. */
  fallback: z.boolean().default(false),
  install: z.array(InstallMethod).min(1).optional(),
  versionProbe: VersionProbe.optional(),
  requires: Requirements.optional(),
  afterInstall: z.array(InstallStep).optional(),
  services: z.record(ServiceName, ServiceSpec).optional(),
  process: overridesOf(ProcessSpec).optional(),
  /** Replaces the whole of it; null for a variant that is a process whatever `--runtime` says. */
  container: ContainerSpec.nullable().optional(),
  request: overridesOf(RequestSpec).optional(),
  response: overridesOf(ResponseSpec).optional(),
  upstream: overridesOf(UpstreamSpec).optional(),
  profiler: overridesOf(ProfilerSpec).optional(),
  dialects: z.array(DialectPair).optional(),
  /** A side replaces the whole of it. */
  tls: TlsSpec.optional(),
  notes: z.array(z.string()).default([]),
});

const shared = {
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  name: Name,
  title: z.string(),
  homepage: z.url().optional(),
  language: z.string(),
  /** `#rrggbb`, the same in every chart. */
  colour: Colour,
  request: RequestSpec.default({ path: '/v1/chat/completions', model: 'gpt-4o', headers: {} }),
  response: ResponseSpec.default(STRICT_RESPONSE),
  upstream: UpstreamSpec.default({}),
  /** What it takes and translates besides chat completions. */
  dialects: z.array(DialectPair).default([]),
  tls: TlsSpec.default({}),
  notes: z.array(z.string()).default([]),
  variants: z.record(Name, Variant).default({}),
};

/** A `gateways/<name>/gateway.yaml`. */
export const GatewayManifest = z.discriminatedUnion('kind', [
  /** No gateway: the load goes straight to the upstream. The baseline that overhead is counted against. */
  z.strictObject({ ...shared, kind: z.literal('direct') }),
  z.strictObject({
    ...shared,
    kind: z.literal('process'),
    /** Shown beside the gateways, but not one of them: a plain proxy. */
    baseline: z.boolean().default(false),
    version: z.string(),
    /** Versions that must never be installed, each with the reason. */
    refuseVersions: z.record(z.string(), z.string()).default({}),
    /** Tried in this order until one succeeds. */
    install: z.array(InstallMethod).min(1),
    versionProbe: VersionProbe,
    /** Checked before it is installed, and before it is run. */
    requires: Requirements.default({}),
    /** Run one after the other, once, when it is installed. */
    afterInstall: z.array(InstallStep).default([]),
    /** Programs that run beside it, by name. */
    services: z.record(ServiceName, ServiceSpec).default({}),
    process: ProcessSpec,
    container: ContainerSpec.optional(),
    profiler: ProfilerSpec.default(PROFILER_DEFAULTS),
  }),
]);
export type GatewayManifest = z.infer<typeof GatewayManifest>;
export type ProcessSpec = z.infer<typeof ProcessSpec>;
export type RequestSpec = z.infer<typeof RequestSpec>;
export type VersionProbe = z.infer<typeof VersionProbe>;
export type ProfilerSpec = z.infer<typeof ProfilerSpec>;
