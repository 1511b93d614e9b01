import { writeFile } from 'node:fs/promises';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { httpRequestBytes } from '../../lib/http.js';
import { sleep } from '../../lib/sleep.js';
import type { ProfileTarget } from '../profiler.js';

/** What Go's net/http/pprof serves by these names. */
export type ServedKind = 'profile' | 'mutex' | 'block';

const DEFAULT_PATH = '/debug/pprof';
/** Of the answer, beyond the capture: a big program's symbols take their time on a busy machine. */
const ANSWER_MS = 30_000;
/** A program that serves no profiles, or refuses, says so at once. */
const REFUSAL_MS = 300;

/** One profile that a Go program records and sends, all by itself. */
export interface ServedProfile {
  /** What is asked for, and where. */
  url: string;
  startedAt: string;
  seconds: number;
  /** Wait for the answer, and keep it as this file. @throws ExpectedError where there is none, or it isn't a profile */
  saved(file: string): Promise<Buffer>;
  /** Stop waiting. The program goes on by itself, to the end of its seconds. */
  abandon(): void;
}

/** The address of one of a Go program's profiles. @throws ExpectedError where the target has no origin */
export function servedUrl(target: Pick<ProfileTarget, 'origin' | 'spec'>, kind: ServedKind, query: string): string {
  if (target.origin === null) {
    throw new ExpectedError(
      "Go's profiles are fetched over HTTP, and no address was given",
      'name the address, such as http://127.0.0.1:6060',
    );
  }
  return `${target.origin}${target.spec.pprof?.path ?? DEFAULT_PATH}/${kind}?${query}`;
}

/**
 * Ask for a profile of the seconds to come. For mutex and block that is what was added in them (Go 1.15 or later).
 * @throws ExpectedError where it is refused at once
 */
export async function requestProfile(target: ProfileTarget, kind: ServedKind): Promise<ServedProfile> {
  // Go reads whole seconds only, and takes 30 for what it can't read.
  const seconds = Math.max(1, Math.floor(target.durationS));
  const url = servedUrl(target, kind, `seconds=${seconds}`);
  const abandoned = new AbortController();
  const startedAt = new Date().toISOString();
  const answer = fetchProfile(url, target, seconds, abandoned.signal);
  // Whoever never asks for the answer must not crash the process.
  answer.catch(() => undefined);
  await Promise.race([answer, sleep(REFUSAL_MS, target.signal)]);
  return {
    url,
    startedAt,
    seconds,
    async saved(file) {
      const bytes = await answer;
      await writeFile(file, bytes);
      return bytes;
    },
    abandon: () => abandoned.abort(),
  };
}

async function fetchProfile(
  url: string,
  { spec, signal }: ProfileTarget,
  seconds: number,
  abandoned: AbortSignal,
): Promise<Buffer> {
  const answer = await httpRequestBytes(url, {
    headers: spec.pprof?.headers ?? {},
    timeoutMs: seconds * 1000 + ANSWER_MS,
    signal: AbortSignal.any([signal, abandoned]),
  }).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw new ExpectedError(`${url} could not be fetched: ${messageOf(error)}`, 'is that the address of its profiles?');
  });
  if (answer.status === 200 && isGzip(answer.body)) return answer.body;
  const [said = ''] = answer.body.toString('utf8').trim().split('\n');
  throw new ExpectedError(
    `${url} answered ${answer.status}${said === '' ? '' : ` (${said.slice(0, 200)})`}, which is no profile`,
    remedyFor(answer.status),
  );
}

/** A profile is always gzip'd, which tells it from the home page of a program that answers everything with 200. */
function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

function remedyFor(status: number): string {
  if (status === 401 || status === 403)
    return 'give the headers that it asks for, under profiler.pprof in its gateway.yaml';
  if (status === 404) return 'its profiles may be switched off, or served under another path: see its documentation';
  if (status === 400) return "a capture can't be longer than the program's limit for writing an answer";
  if (status === 500) return 'is somebody else profiling it? Go takes one CPU profile at a time';
  return 'see whether this program serves Go profiles there';
}
