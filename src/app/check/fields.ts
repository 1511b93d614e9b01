import { isFolderVersion } from '../../install/receipt.js';
import { messageOf } from '../../lib/errors.js';
import type { InstallStep } from '../../model/gateway.js';
import type { ProcessGateway, ResolvedGateway } from '../../model/resolved-gateway.js';
import type { ServiceSpec } from '../../model/service.js';
import type { Finding, Path } from './problem.js';

/** What people read in one line: a table's cell, a chart's legend, a terminal. */
const CONTROL = /\p{Cc}/u;
/** RFC 9110, 5.6.2: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Values of a gateway that its schema takes and nothing can work with. */
export function fieldFindings(gateway: ResolvedGateway): Finding[] {
  const shared = [
    ...lineFindings(gateway),
    ...headerFindings(['request', 'headers'], gateway.request.headers),
    ...pathFindings(['request', 'path'], gateway.request.path),
  ];
  return gateway.kind === 'process' ? [...shared, ...processFindings(gateway)] : shared;
}

function processFindings(gateway: ProcessGateway): Finding[] {
  const { process, container, profiler, versionProbe, afterInstall, services } = gateway;
  return [
    ...versionFindings(gateway),
    ...(versionProbe.from === 'command' ? patternFindings(['versionProbe', 'pattern'], versionProbe.pattern) : []),
    ...afterInstall.flatMap((step, index) => stepFindings(['afterInstall', index], step)),
    ...Object.entries(services).flatMap(([name, service]) => serviceFindings(['services', name], service)),
    ...commandFindings(['process', 'command'], process.command),
    ...commandFindings(['process', 'stop', 'command'], process.stop.command),
    ...cwdFindings(process.cwd),
    ...environmentFindings(['process', 'environment'], process.environment),
    ...environmentFindings(['profiler', 'environment'], profiler.environment),
    ...environmentFindings(['container', 'environment'], container?.environment ?? {}),
    ...headerFindings(['process', 'health', 'headers'], process.health.headers),
    ...headerFindings(['profiler', 'pprof', 'headers'], profiler.pprof?.headers ?? {}),
    ...pathFindings(['process', 'health', 'path'], process.health.path),
    ...pathFindings(['profiler', 'pprof', 'path'], profiler.pprof?.path ?? '/'),
  ];
}

function lineFindings({ title, language, notes }: ResolvedGateway): Finding[] {
  const texts: [Path, string][] = [
    [['title'], title],
    [['language'], language],
    ...notes.map((note): [Path, string] => [['notes'], note.replace(/\n+$/, '')]),
  ];
  return texts
    .filter(([, text]) => CONTROL.test(text))
    .map(([at]) => ({ at, message: 'holds a control character', hint: 'write it as one line of plain text' }));
}

function versionFindings({ version, refuseVersions }: ProcessGateway): Finding[] {
  const at = ['version'];
  if (!isFolderVersion(version)) {
    const hint = 'use at most 100 letters, digits, ".", "_", "+" and "-", the first a letter or a digit';
    return [{ at, message: `"${version}" can't be the name of a folder`, hint }];
  }
  const reason = Object.hasOwn(refuseVersions, version) ? refuseVersions[version] : undefined;
  return reason === undefined ? [] : [{ at, message: `${version} is refused: ${reason}`, hint: 'use another version' }];
}

/** The first group of the pattern is the version. */
function patternFindings(at: Path, pattern: string): Finding[] {
  try {
    const groups = new RegExp(`(?:${pattern})|`, 'm').exec('')?.length ?? 0;
    if (groups > 1) return [];
    return [{ at, message: 'has no group', hint: 'put the version in parentheses, as in (\\d+\\.\\d+\\.\\d+)' }];
  } catch (error) {
    return [{ at, message: messageOf(error), hint: 'correct the regular expression' }];
  }
}

function stepFindings(at: Path, step: Pick<InstallStep, 'command' | 'environment'>): Finding[] {
  return [
    ...commandFindings([...at, 'command'], step.command),
    ...environmentFindings([...at, 'environment'], step.environment),
  ];
}

function serviceFindings(at: Path, service: ServiceSpec): Finding[] {
  const steps = [
    ...service.prepare.map((command, index) => ({ command, place: [...at, 'prepare', index] })),
    ...service.afterStart.map((command, index) => ({ command, place: [...at, 'afterStart', index] })),
  ];
  return [
    ...stepFindings(at, service),
    ...stepFindings([...at, 'version'], service.version),
    ...patternFindings([...at, 'version', 'pattern'], service.version.pattern),
    ...steps.flatMap(({ command, place }) => commandFindings(place, command)),
    ...commandFindings([...at, 'ready', 'command'], service.ready.command),
  ];
}

function commandFindings(at: Path, command: readonly string[] | undefined): Finding[] {
  return command?.[0]?.trim() === ''
    ? [{ at: [...at, 0], message: 'is empty', hint: 'name a program, such as {entry}' }]
    : [];
}

function cwdFindings(cwd: string): Finding[] {
  if (/^(\/|\{(work|install|folder)\})/.test(cwd)) return [];
  const hint = 'begin it with {work}, {install} or {folder}';
  return [{ at: ['process', 'cwd'], message: `${cwd} is not an absolute path`, hint }];
}

function environmentFindings(at: Path, environment: Readonly<Record<string, string>>): Finding[] {
  return Object.keys(environment)
    .filter((name) => name === '' || name.includes('='))
    .map((name) => ({ at: [...at, name], message: `"${name}" can't be the name of a variable`, hint: 'correct it' }));
}

function headerFindings(at: Path, headers: Readonly<Record<string, string>>): Finding[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const place = [...at, name];
    if (!TOKEN.test(name))
      return [{ at: place, message: `"${name}" can't be the name of a header`, hint: 'correct it' }];
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      return [{ at: place, message: 'no header can hold this value', hint: 'write it as one line of plain text' }];
    }
    return [];
  });
}

/** Of a request line. */
function pathFindings(at: Path, path: string): Finding[] {
  return /^[\x21-\x7e]+$/.test(path)
    ? []
    : [{ at, message: 'holds a blank or a character that no path can hold', hint: 'escape it with %' }];
}
