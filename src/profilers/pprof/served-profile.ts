import { writeFile } from 'node:fs/promises';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { httpRequestBytes } from '../../lib/http.js';
import { runClock } from '../../lib/run-clock.js';
import { sleep } from '../../lib/sleep.js';
import type { ProfileTarget } from '../profiler.js';

/** Profiles of Go's net/http/pprof. */
type ServedKind = 'profile' | 'mutex' | 'block';

const DEFAULT_PATH = '/debug/pprof';
/** For the response, after the capture: symbols of a big program take a while on a busy machine. */
const RESPONSE_MS = 30_000;
/** A program that serves no profiles, or refuses, responds at once. */
const REFUSAL_MS = 300;

/** A profile that a Go program records and sends. */
interface ServedProfile {
  /** The request. */
  url: string;
  startedAt: string;
  seconds: number;
  /** Waits for the response and writes it to a file. @throws ExpectedError if there is none, or it isn't a profile */
  save(file: string): Promise<Buffer>;
  /** Stops waiting. The program keeps recording to the end. */
  abandon(): void;
}

/** The URL of a profile. @throws ExpectedError if the target has no origin */
export function servedUrl(target: Pick<ProfileTarget, 'origin' | 'spec'>, kind: ServedKind, query: string): string {
  if (target.origin === null) {
    throw new ExpectedError(
      "Go's profiles are fetched over HTTP, but no address was given",
      'give an address, such as http://127.0.0.1:6060',
    );
  }
  return `${target.origin}${target.spec.pprof?.path ?? DEFAULT_PATH}/${kind}?${query}`;
}

/**
 * Requests a profile of the next seconds. For mutex and block, it is what is added in them (Go 1.15 and later).
 * @throws ExpectedError if it is refused at once
 */
export async function requestProfile(target: ProfileTarget, kind: ServedKind): Promise<ServedProfile> {
  // Go reads only whole seconds, and takes 30 for anything else.
  const seconds = Math.max(1, Math.floor(target.durationS));
  const url = servedUrl(target, kind, `seconds=${seconds}`);
  const abandoned = new AbortController();
  const startedAt = runClock.now();
  const response = fetchProfile(url, target, seconds, abandoned.signal);
  // If nobody waits for the response, its failure must not crash the process.
  response.catch(() => undefined);
  await Promise.race([response, sleep(REFUSAL_MS, target.signal)]);
  return {
    url,
    startedAt,
    seconds,
    async save(file) {
      const bytes = await response;
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
  const response = await httpRequestBytes(url, {
    headers: spec.pprof?.headers ?? {},
    timeoutMs: seconds * 1000 + RESPONSE_MS,
    signal: AbortSignal.any([signal, abandoned]),
  }).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw new ExpectedError(`can't fetch ${url}: ${messageOf(error)}`, 'check the address of its profiles');
  });
  if (response.status === 200 && isGzip(response.body)) return response.body;
  const [said = ''] = response.body.toString('utf8').trim().split('\n');
  throw new ExpectedError(
    `${url} returned ${response.status}${said === '' ? '' : ` (${said.slice(0, 200)})`} instead of a profile`,
    hintFor(response.status),
  );
}

/** Profiles are always gzipped, unlike the home page of a program that returns 200 for every path. */
function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return 'give the headers it needs, under profiler.pprof in its gateway.yaml';
  if (status === 404) return 'its profiles may be disabled, or served under another path: see its documentation';
  if (status === 400) return "a capture can't be longer than the program's limit for writing a response";
  if (status === 500) return 'make sure nobody else is profiling it: Go takes one CPU profile at a time';
  return 'check whether this program serves Go profiles there';
}
