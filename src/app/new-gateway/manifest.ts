import { basename } from 'node:path';
import { stringify } from 'yaml';
import type { VersionProbe } from '../../model/gateway.js';
import type { InstallMethod } from '../../model/install-method.js';
import type { Answers } from './answers.js';
import type { InstallSpec } from './install-spec.js';

const LANGUAGES: Record<InstallSpec['kind'], string> = {
  npm: 'JavaScript',
  pip: 'Python',
  go: 'Go',
  cargo: 'Rust',
  deb: 'not known',
  download: 'not known',
  existing: 'not known',
};

/** The language's own profiler, and how perf walks its stacks. */
const PROFILERS: Record<InstallSpec['kind'], { native: string; callGraph: string }> = {
  npm: { native: 'v8', callGraph: 'fp' },
  pip: { native: 'py-spy', callGraph: 'dwarf' },
  go: { native: 'none', callGraph: 'fp' },
  cargo: { native: 'none', callGraph: 'dwarf' },
  deb: { native: 'none', callGraph: 'dwarf' },
  download: { native: 'none', callGraph: 'dwarf' },
  existing: { native: 'none', callGraph: 'dwarf' },
};

/** Of most programs; whoever's program prints something else changes it. */
const COMMAND_PROBE: VersionProbe = {
  from: 'command',
  command: ['{entry}', '--version'],
  pattern: '(\\d+\\.\\d+(?:\\.\\d+)*[\\w.+-]*)',
  environment: {},
};

/** How the installed version is learnt. */
export function probeOf({ kind, name }: InstallSpec): VersionProbe {
  if (kind === 'npm') return { from: 'npm-package', package: name };
  if (kind === 'pip') return { from: 'python-distribution', distribution: name };
  return kind === 'go' ? { from: 'go-build-info' } : COMMAND_PROBE;
}

/** What the install method of a specification is, before its sums and lock files are known. */
export function methodOf(
  name: string,
  { spec, program }: Pick<Answers, 'spec' | 'program'>,
  platform: string,
): InstallMethod {
  switch (spec.kind) {
    case 'npm':
      return { method: 'npm', project: 'npm', program };
    case 'pip':
      return { method: 'pip', lock: 'requirements.lock', python: ['3.11', '3.12', '3.13'], program };
    case 'go':
      return {
        method: 'go',
        module: spec.name,
        package: spec.part,
        version: 'v0.0.0',
        cgo: false,
        ldflags: '',
        overlay: {},
      };
    case 'cargo':
      return { method: 'cargo', crate: spec.name, version: '0.0.0' };
    case 'deb':
      return { method: 'deb-unpack', packages: [spec.name], program };
    case 'download':
      return {
        method: 'download',
        url: spec.name,
        sha256: { [platform]: '' },
        archive: /\.(tar\.gz|tgz)$/.test(spec.name) ? 'tar.gz' : 'none',
        program,
      };
    case 'existing':
      return { method: 'existing', variable: variableOf(name) };
    default:
      return spec.kind satisfies never;
  }
}

/** The variable that names the user's own program: `GATEBENCH_MY_GATEWAY_BIN`. */
export function variableOf(name: string): string {
  return `GATEBENCH_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_BIN`;
}

export interface ManifestParts {
  name: string;
  version: string;
  colour: string;
  method: InstallMethod;
  answers: Answers;
}

/** `gateway.yaml`, with comments on what its owner has yet to say. */
export function manifestText({ name, version, colour, method, answers }: ManifestParts): string {
  const { spec, command, port, healthPath, environment, headers, model, files, title } = answers;
  const own: InstallMethod[] = spec.kind === 'existing' ? [] : [{ method: 'existing', variable: variableOf(name) }];
  const part = (value: object) => stringify(value, { lineWidth: 0 }).trimEnd();
  return `${[
    '# docs/adding-a-gateway.md explains every section, and what else there is.',
    part({ schemaVersion: 1, kind: 'process', name, title, language: LANGUAGES[spec.kind], colour, version }),
    part({ install: [omitDefaults(method), ...own] }),
    part({ versionProbe: omitDefaults(probeOf(spec)) }),
    part({ request: { model, ...(Object.keys(headers).length > 0 ? { headers } : {}) } }),
    part({
      process: {
        command,
        ...(Object.keys(environment).length > 0 ? { environment } : {}),
        ...(files.length > 0 ? { files: files.map((file) => ({ template: basename(file), to: basename(file) })) } : {}),
        port,
        health: { path: healthPath, timeoutS: 60 },
        stop: { signal: 'SIGTERM', graceS: 15 },
      },
    }),
    part({ profiler: PROFILERS[spec.kind] }),
    '# What a reader of the results must know: what differs from its own defaults, and why.',
    part({ notes: ['As `gatebench new gateway` made it; its settings were not compared with any recommendation.'] }),
  ].join('\n')}\n`;
}

/** `README.md`. @param how what was asked for, as a command */
export function readmeText({ name, version, method, answers }: ManifestParts, how: string): string {
  const { title, spec, port, healthPath } = answers;
  return `# ${title}

Version ${version}, installed by \`${method.method}\` (${spec.name}). It listens on port ${port}, and is ready when \`${healthPath}\` returns 200.

Made with:

\`\`\`sh
${how}
\`\`\`

What is left to write: what it is, its language, why this version; what differs from its own defaults, and why; each fact with its source;
what was tried and what was not. \`gatebench check ${name}\`, \`gatebench bench -g direct,${name} --scenario quick\` and
\`--scenario streaming --vus 50 --duration 10s\` try it.
`;
}

/** Without what is as the schema has it anyway. */
function omitDefaults(value: object): object {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([key, each]) =>
        !(
          (key === 'cgo' && each === false) ||
          (key === 'ldflags' && each === '') ||
          ((key === 'overlay' || key === 'environment') && Object.keys(each as object).length === 0)
        ),
    ),
  );
}
