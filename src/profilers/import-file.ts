import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { ExpectedError, messageOf, UsageError } from '../lib/errors.js';
import type { Profile } from '../model/profile.js';
import { chosenProfile, findByEvent, listEvents } from '../profiles/choose-profile.js';
import { FormatError } from '../profiles/format-error.js';
import { DETECTION_BYTES, type ProfileFormat, type ProfileSet } from '../profiles/formats/format.js';
import { detectFormat, FORMATS } from '../profiles/formats/formats.js';

const TITLES = FORMATS.map(({ title }) => title);
const ACCEPTED = `gatebench reads ${TITLES.slice(0, -1).join(', ')} and ${TITLES.at(-1)}, plain or gzipped`;

/** A perf.data file, which only perf reads. */
const PERF_DATA_MAGIC = 'PERFILE2';

/**
 * A format that is parsed whole has to fit into one string.
 * https://github.com/nodejs/node/blob/v20.20.2/lib/buffer.js: kStringMaxLength is 2^29 - 24.
 */
const MAX_BYTES = 2 ** 29 - 24;

/**
 * One profile of a file: see {@link importProfiles}.
 * @param event or sample type of the profile, if the file holds several; else the one that is shown by default
 * @throws UsageError with the events of the file, if it isn't one of them
 */
export async function importProfile(path: string, event?: string): Promise<Profile> {
  const set = await importProfiles(path);
  if (event === undefined) return chosenProfile(set);
  const found = findByEvent(set, event);
  if (found) return found;
  const events = listEvents(set);
  throw new UsageError(
    `${path} has no event "${event}"`,
    events === '' ? 'its profile names no event: leave the option out' : `it has ${events}`,
  );
}

/**
 * Reads the profiles of a file in any known format, gzipped or not. Its content decides, not its name.
 * @throws UsageError with the file, what is wrong and where, and what can be read
 */
async function importProfiles(path: string): Promise<ProfileSet> {
  try {
    const start = await startOf(path);
    const format = detectFormat(start, basename(path));
    if (format === null) throw unknownFormat(path, start);
    const set = await readAs(format, path);
    if (!set.profiles.some(({ stacks }) => stacks.some(({ weight }) => weight > 0))) {
      throw new UsageError(`${path} holds no samples (read as ${format.name})`, 'capture it under load');
    }
    return set;
  } catch (error) {
    throw expected(path, error);
  }
}

/** The profiles, as imported ones: without gatebench's capture details, unless gatebench wrote the file. */
async function readAs(format: ProfileFormat, path: string): Promise<ProfileSet> {
  if (format.kind === 'whole') return format.parse(await readAll(path, MAX_BYTES), titleOf(path));
  const parser = format.parser(titleOf(path));
  const decoder = new StringDecoder('utf8');
  for await (const chunk of await unzipped(path)) parser.feed(decoder.write(chunk as Buffer));
  parser.feed(decoder.end());
  const { profiles, chosen } = parser.end();
  const [first, ...others] = profiles;
  return { profiles: [asImported(first), ...others.map(asImported)], chosen };
}

function asImported(profile: Profile): Profile {
  return { ...profile, meta: { ...profile.meta, profiler: null } };
}

/** The first bytes, gunzipped. If the file is truncated later on, reading it will tell. */
async function startOf(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of await unzipped(path)) {
    parts.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= DETECTION_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, DETECTION_BYTES);
}

async function readAll(path: string, limitBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of await unzipped(path)) {
    parts.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > limitBytes) {
      throw new UsageError(
        `${path} is larger than ${limitBytes >> 20} MiB`,
        'export it in parts, or profile for a shorter time',
      );
    }
  }
  return Buffer.concat(parts);
}

/** The file's bytes, gunzipped if necessary. */
async function unzipped(path: string): Promise<Readable> {
  const magic = await firstBytes(path, 2);
  const file = createReadStream(path);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return file;
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => file.destroy());
  return file.pipe(gunzip);
}

async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
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
  if (start.subarray(0, PERF_DATA_MAGIC.length).toString('latin1') === PERF_DATA_MAGIC) {
    return new UsageError(
      `${path} is a perf.data file, which only perf reads`,
      `perf script --header -i ${path} > perf.script, on the machine where it was recorded, then import that`,
    );
  }
  return new UsageError(`${path} is not a profile in a known format`, ACCEPTED);
}

function expected(path: string, error: unknown): unknown {
  if (error instanceof ExpectedError) return error;
  if (error instanceof FormatError) {
    return new UsageError(`${path} can't be read: ${error.message}`, ACCEPTED, { cause: error });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('Z_')) {
    return new UsageError(`${path} is truncated: ${messageOf(error)}`, 'copy it again', { cause: error });
  }
  const reasons: Record<string, string> = {
    ENOENT: 'does not exist',
    EISDIR: 'is a folder',
    EACCES: 'is not readable: permission denied',
  };
  const reason = reasons[code];
  return reason ? new UsageError(`${path} ${reason}`, ACCEPTED, { cause: error }) : error;
}
