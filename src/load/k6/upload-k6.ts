import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { machine, type } from 'node:os';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ExpectedError } from '../../lib/errors.js';
import { findToolProgram, type ToolProgram, type ToolQuery } from '../../lib/tool-program.js';
import { CONNECTION_LOST, type RemoteShell } from '../../remote/remote-shell.js';
import { K6_QUERY } from './program.js';

/** What is about to go to a host. */
export interface Sending {
  host: string;
  version: string;
  /** Where it will be there, absolute. */
  path: string;
  /** That go over the wire. */
  bytes: number;
}

interface OwnK6 {
  version: string;
  /** Of the file on a host: another k6 never takes the place of this one while it runs. */
  name: string;
  sha256: string;
  content: Buffer;
  /** Compressed when somebody first wants it so. */
  compressed(): Promise<Buffer>;
}

const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const WITHOUT_US = 'install k6 there, and leave out --k6-send';
const SAYS = /^gatebench-(\w+) (.*)$/;
/** What the host is, where the file belongs, whether it is there and whole, and what it can be sent as. */
const LOOK = `command -v sha256sum >/dev/null || { echo 'there is no sha256sum' >&2; exit 1; }
[ -n "$HOME" ] || { echo 'HOME is not set' >&2; exit 1; }
file=$HOME/.cache/gatebench/$1
echo "gatebench-machine $(uname -sm)"
echo "gatebench-file $file"
if [ -x "$file" ] && [ "$(sha256sum <"$file")" = "$2  -" ]; then echo 'gatebench-present yes'; fi
if command -v gzip >/dev/null; then echo 'gatebench-takes gzip'; fi`;
/** Under its name there is a whole file or none, whenever this ends. */
const RECEIVE = `mkdir -p "\${1%/*}" || exit
part=$(mktemp "$1.XXXXXX") || exit
trap 'rm -f "$part"' EXIT
trap 'exit 1' HUP INT TERM
$3 >"$part" || exit
[ "$(sha256sum <"$part")" = "$2  -" ] || { echo 'what arrived there has another checksum' >&2; exit 1; }
chmod 755 "$part" && mv -fT "$part" "$1"`;

/**
 * This machine's k6 for hosts that need none of their own: in `.cache/gatebench` of the login's home, where it stays
 * for the next run.
 * @param signal breaks a sending off, which leaves nothing there
 * @returns gives a host's path to it, having sent it unless it is there already; throws ExpectedError where that fails
 */
export function uploadK6(
  onSending: (sending: Sending) => void,
  signal: AbortSignal,
  find: (query: ToolQuery) => ToolProgram | null = findToolProgram,
): (shell: RemoteShell) => Promise<string> {
  let own: Promise<OwnK6> | null = null;
  return async (shell) => {
    own ??= ownK6(find(K6_QUERY));
    const k6 = await own;
    const { path, present, takesGzip } = await look(shell, k6, signal);
    if (present) return path;
    const content = takesGzip ? await k6.compressed() : k6.content;
    onSending({ host: shell.label, version: k6.version, path, bytes: content.length });
    await send(shell, [path, k6.sha256, takesGzip ? 'gzip -dc' : 'cat'], content, signal);
    return path;
  };
}

async function ownK6(program: ToolProgram | null): Promise<OwnK6> {
  if (program === null) {
    throw new ExpectedError('--k6-send sends this machine’s k6, and there is none', 'gatebench setup k6');
  }
  const content = await readFile(program.path);
  if (!content.subarray(0, ELF.length).equals(ELF) || Object.keys(program.environment).length > 0) {
    throw new ExpectedError(
      `${program.path} can't be sent: it is no program that runs without other files`,
      'gatebench setup k6',
    );
  }
  const sha256 = createHash('sha256').update(content).digest('hex');
  let compressing: Promise<Buffer> | null = null;
  const compressed = () => {
    compressing ??= promisify(gzip)(content);
    return compressing;
  };
  const name = `k6-${program.version}-${sha256.slice(0, 12)}`;
  return { version: program.version, name, sha256, content, compressed };
}

async function look(shell: RemoteShell, { name, sha256 }: OwnK6, signal: AbortSignal) {
  const { exitCode, stdout, stderr } = await shell.run(['sh', '-c', LOOK, 'sh', name, sha256], { signal });
  const said = new Map(
    stdout.split('\n').flatMap((line) => {
      const [, key, value] = SAYS.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
  const [path, there, here] = [said.get('file'), said.get('machine'), `${type()} ${machine()}`];
  if (exitCode !== 0 || path === undefined) {
    throw new ExpectedError(`k6 can't be sent to ${shell.label}: ${lastLine(stderr, exitCode)}`, WITHOUT_US);
  }
  if (there !== here) {
    throw new ExpectedError(
      `this machine's k6 would not run on ${shell.label}: that is ${there}, and this is ${here}`,
      WITHOUT_US,
    );
  }
  return { path, present: said.has('present'), takesGzip: said.get('takes') === 'gzip' };
}

async function send(
  shell: RemoteShell,
  words: [path: string, ...string[]],
  content: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const command = await shell.start(['sh', '-c', RECEIVE, 'sh', ...words], signal);
  command.stdout.resume();
  command.stdin.end(content);
  const { exitCode, stderr } = await command.ended();
  if (exitCode === 0) return;
  const why = lastLine(stderr, exitCode);
  if (exitCode === CONNECTION_LOST) {
    throw new ExpectedError(`the connection to ${shell.label} broke while k6 was sent: ${why}`, 'try again');
  }
  throw new ExpectedError(
    `k6 could not be put at ${shell.label}:${words[0]}: ${why}`,
    /No space left|quota/i.test(stderr) ? `free some space there, or ${WITHOUT_US}` : WITHOUT_US,
  );
}

function lastLine(stderr: string, exitCode: number): string {
  return stderr.trim().split('\n').at(-1) || `exit code ${exitCode}`;
}
