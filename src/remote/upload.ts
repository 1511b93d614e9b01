import { machine, type } from 'node:os';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ExpectedError } from '../lib/errors.js';
import { sha256 } from '../lib/sha256.js';
import { shellProgram } from './remote-program.js';
import { CONNECTION_LOST, type RemoteShell } from './remote-shell.js';
import { lastLine } from './ssh-failure.js';

/** What hosts keep in their cache. */
export interface Artifact {
  /** For messages: `k6`. */
  title: string;
  /** Of the file or folder on a host; made of its content, so that a newer one never takes the place of one in use. */
  name: string;
  /** A program for this machine's kind, or the tar archive of a folder. */
  kind: 'program' | 'folder';
  content: Buffer;
  /** Of the content. */
  sha256: string;
  /** Compressed when a host first wants it so. */
  compressed(): Promise<Buffer>;
}

export function artifact(parts: Pick<Artifact, 'title' | 'name' | 'kind' | 'content'>): Artifact {
  let compressing: Promise<Buffer> | null = null;
  const compressed = () => {
    compressing ??= promisify(gzip)(parts.content);
    return compressing;
  };
  return { ...parts, sha256: sha256(parts.content), compressed };
}

export interface UploadOptions {
  /** Called before something is sent. @param path absolute, on the host */
  onSending?: (path: string, bytes: number) => void;
  /** How to do without the upload, for hints. */
  alternative: string;
  /** Breaks a transfer off, which leaves nothing there. */
  signal: AbortSignal;
}

/**
 * Put an artifact into a host's cache, `~/.cache/gatebench`, unless it is there. Whatever happens, it is there whole or
 * not at all.
 * @returns its absolute path
 * @throws ExpectedError where the host can't take it
 */
export async function upload(shell: RemoteShell, artifact: Artifact, options: UploadOptions): Promise<string> {
  const { path, present, takesGzip } = await look(shell, artifact, options);
  if (present) return path;
  const content = takesGzip ? await artifact.compressed() : artifact.content;
  options.onSending?.(path, content.length);
  const encoding = takesGzip ? 'gzip' : 'plain';
  const words = shellProgram('upload.sh', 'receive', artifact.kind, path, artifact.sha256, encoding);
  const { exitCode, stderr } = await sendTo(shell, words, content, options.signal);
  if (exitCode === 0) return path;
  const why = lastLine(stderr, `exit code ${exitCode}`);
  if (exitCode === CONNECTION_LOST) {
    throw new ExpectedError(
      `the connection to ${shell.label} broke while ${artifact.title} was sent: ${why}`,
      'try again',
    );
  }
  throw new ExpectedError(
    `${artifact.title} could not be put at ${shell.label}:${path}: ${why}`,
    /No space left|quota/i.test(stderr) ? `free some space there, or ${options.alternative}` : options.alternative,
  );
}

/** Run a command that reads `content` from its stdin. */
async function sendTo(shell: RemoteShell, words: readonly string[], content: Buffer, signal: AbortSignal) {
  const command = await shell.start(words, signal);
  command.stdout.resume();
  command.stdin.end(content);
  return command.ended();
}

const FIELD = /^gatebench-(\w+) (.*)$/;

async function look(shell: RemoteShell, { title, name, kind, sha256 }: Artifact, options: UploadOptions) {
  const { alternative, signal } = options;
  const args = kind === 'program' ? [name, sha256] : [name];
  const { exitCode, stdout, stderr } = await shell.run(shellProgram('upload.sh', 'look', ...args), { signal });
  const fields = new Map(
    stdout.split('\n').flatMap((line) => {
      const [, key, value] = FIELD.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
  const [path, there, here] = [fields.get('path'), fields.get('machine'), `${type()} ${machine()}`];
  if (exitCode !== 0 || path === undefined) {
    const why = lastLine(stderr, `exit code ${exitCode}`);
    throw new ExpectedError(`${title} can't be sent to ${shell.label}: ${why}`, alternative);
  }
  if (kind === 'program' && there !== here) {
    throw new ExpectedError(
      `this machine's ${title} would not run on ${shell.label}: that is ${there}, and this is ${here}`,
      alternative,
    );
  }
  return { path, present: fields.has('present'), takesGzip: fields.get('takes') === 'gzip' };
}
