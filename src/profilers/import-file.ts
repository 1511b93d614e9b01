import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ExpectedError, errorCode, isSystemError, messageOf, UsageError } from '../lib/errors.js';
import type { Profile } from '../model/profile.js';
import { chosenProfile, findByEvent, listEvents } from '../profiles/choose-profile.js';
import { FormatError } from '../profiles/format-error.js';
import { foreignFile, foreignReport } from '../profiles/formats/foreign-files.js';
import { DETECTION_BYTES, encodingOf, type ProfileFormat, type ProfileSet } from '../profiles/formats/format.js';
import { detectFormat, FORMATS } from '../profiles/formats/formats.js';
import { readableProfile } from './readable-profile.js';

const TITLES = FORMATS.map(({ title }) => title);
const ACCEPTED = `gatebench reads ${TITLES.slice(0, -1).join(', ')} and ${TITLES.at(-1)}, plain or gzipped`;

/** A first line that is longer isn't read to its end to detect the format. */
const MAX_FIRST_LINE_BYTES = 16 * 2 ** 20;

/**
 * A format that is parsed whole has to fit into one string.
 * https://github.com/nodejs/node/blob/v20.20.2/lib/buffer.js: kStringMaxLength is 2^29 - 24.
 */
const MAX_BYTES = 2 ** 29 - 24;

/** The profile of a file that is to be shown: see {@link importProfiles}. */
export async function importProfile(path: string, event?: string): Promise<Profile> {
  return chosenProfile(await importProfiles(path, event));
}

/**
 * All profiles of a file.
 * @param event or sample type of the one to show, if the file holds several; else the one that is shown by default
 * @throws UsageError with the events of the file, if it isn't one of them
 */
export async function importProfiles(path: string, event?: string): Promise<ProfileSet> {
  const set = await readProfiles(path);
  return event === undefined ? set : chooseEvent(set, event, path);
}

/** The same profiles, showing those of an event. @param path of the file, for the error */
export function chooseEvent(set: ProfileSet, event: string, path: string): ProfileSet {
  const found = findByEvent(set, event);
  if (found) return { ...set, chosen: set.profiles.indexOf(found) };
  const events = listEvents(set);
  throw new UsageError(
    `${path} has no event "${event}"`,
    events === '' ? 'its profile names no event: leave the option out' : `it has ${events}`,
  );
}

/**
 * Reads the profiles of a file in any known format, gzipped or not. Its content decides, not its name. It is read once,
 * from start to end, so a pipe will do.
 * @throws UsageError with the file, what is wrong and where, and what can be read
 */
async function readProfiles(path: string): Promise<ProfileSet> {
  const chunks = unzipped(path);
  try {
    const start = await takeStart(chunks);
    const report = foreignReport(start, path);
    if (report !== null) throw new UsageError(`${path} is ${report.what}`, report.hint);
    const format = detectFormat(start, basename(path));
    if (format === null) throw unknownFormat(path, start);
    const set = await parseAs(format, path, start, chunks);
    if (!set.profiles.some(({ stacks }) => stacks.some(({ weight }) => weight > 0))) {
      throw new UsageError(`${path} holds no samples (read as ${format.name})`, 'capture it under load');
    }
    return await readableSet(set);
  } catch (error) {
    throw expected(path, error);
  } finally {
    await chunks.return(undefined);
  }
}

async function readableSet({ profiles, chosen }: ProfileSet): Promise<ProfileSet> {
  const [first, ...others] = profiles;
  return { profiles: [await readableProfile(first), ...(await Promise.all(others.map(readableProfile)))], chosen };
}

async function parseAs(format: ProfileFormat, path: string, start: Buffer, rest: Chunks): Promise<ProfileSet> {
  if (format.kind === 'whole') return format.parse(await readAll(path, start, rest), titleOf(path));
  const parser = format.parser(titleOf(path));
  const decoder = new TextDecoder(encodingOf(start));
  parser.feed(decoder.decode(start, { stream: true }));
  for await (const chunk of rest) parser.feed(decoder.decode(chunk, { stream: true }));
  parser.feed(decoder.decode());
  const { profiles, chosen } = parser.end();
  const [first, ...others] = profiles;
  return { profiles: [asImported(first), ...others.map(asImported)], chosen };
}

/** Without what only a capture of gatebench has. */
function asImported(profile: Profile): Profile {
  return { ...profile, meta: { ...profile.meta, profiler: null } };
}

type Chunks = AsyncGenerator<Buffer, void, undefined>;

/** Takes the first chunks: as much as it takes to detect the format, a whole first line at least. */
async function takeStart(chunks: Chunks): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  let enough = DETECTION_BYTES;
  while (length < enough) {
    const { value, done } = await chunks.next();
    if (done) break;
    parts.push(value);
    length += value.length;
    const isLine = value.includes('\n') || /^\s*[[{]/.test(parts[0]?.subarray(0, 64).toString('latin1') ?? '');
    if (!isLine && length >= enough) enough = Math.min(length + 1, MAX_FIRST_LINE_BYTES);
  }
  return Buffer.concat(parts);
}

async function readAll(path: string, start: Buffer, rest: Chunks): Promise<Buffer> {
  const parts = [start];
  let length = start.length;
  for await (const chunk of rest) {
    parts.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES) {
      throw new UsageError(
        `${path} is larger than ${MAX_BYTES >> 20} MiB`,
        'export it in parts, or profile for a shorter time',
      );
    }
  }
  return Buffer.concat(parts);
}

/** The file's bytes, gunzipped if necessary. */
async function* unzipped(path: string): Chunks {
  const file = createReadStream(path);
  try {
    const chunks: AsyncIterator<Buffer> = file[Symbol.asyncIterator]();
    let first = Buffer.alloc(0);
    while (first.length < 2) {
      const { value, done } = await chunks.next();
      if (done) break;
      first = Buffer.concat([first, value]);
    }
    const whole = prefixed(first, chunks);
    if (first[0] !== 0x1f || first[1] !== 0x8b) yield* whole;
    // An error of the file becomes one of the stream that is read here.
    else yield* pipeline(Readable.from(whole), createGunzip(), () => {}) as AsyncIterable<Buffer>;
  } finally {
    file.destroy();
  }
}

async function* prefixed(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** The file's name, without extensions that only say how it is stored. */
function titleOf(path: string): string {
  return (
    basename(path)
      .replace(/\.gz$/, '')
      .replace(/\.(?:pb|json|txt)$/, '') || basename(path)
  );
}

function unknownFormat(path: string, start: Buffer): UsageError {
  if (start.length === 0) return new UsageError(`${path} is empty`, ACCEPTED);
  const foreign = foreignFile(start, path);
  if (foreign) return new UsageError(`${path} is ${foreign.what}`, foreign.hint);
  return new UsageError(`${path} is not a profile in a known format`, ACCEPTED);
}

function expected(path: string, error: unknown): unknown {
  if (error instanceof ExpectedError) return error;
  if (error instanceof FormatError) {
    return new UsageError(`${path} can't be read: ${error.message}`, ACCEPTED, { cause: error });
  }
  const code = errorCode(error) ?? '';
  if (code.startsWith('Z_')) {
    return new UsageError(`${path} is truncated: ${messageOf(error)}`, 'copy it again', { cause: error });
  }
  const reasons: Record<string, string> = {
    ENOENT: 'does not exist',
    EISDIR: 'is a folder',
    EACCES: 'is not readable: permission denied',
  };
  const reason = reasons[code];
  if (reason === undefined && !isSystemError(error)) return error;
  const hint = code === 'EISDIR' ? ACCEPTED : 'check the path and its permissions';
  return new UsageError(`${path} ${reason ?? `can't be read: ${messageOf(error)}`}`, hint, { cause: error });
}
