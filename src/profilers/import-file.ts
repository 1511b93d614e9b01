import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { ExpectedError, messageOf, UsageError } from '../lib/errors.js';
import type { Profile } from '../model/profile.js';
import { parseOxStacks } from '../profiles/formats/0x/ox-stacks.js';
import { parseCpuProfile } from '../profiles/formats/cpuprofile/cpuprofile.js';
import { DETECTION_BYTES, detectFormat, type ProfileFormat } from '../profiles/formats/detect.js';
import { parseFolded } from '../profiles/formats/folded/parse-folded.js';
import { FormatError } from '../profiles/formats/format-error.js';
import { parseGatebench } from '../profiles/formats/gatebench.js';
import { PerfScriptParser } from '../profiles/formats/perf-script/perf-script.js';
import { parsePprof } from '../profiles/formats/pprof/parse-pprof.js';
import { parsePySpy } from '../profiles/formats/py-spy.js';
import { parseSpeedscope } from '../profiles/formats/speedscope/parse-speedscope.js';

const ACCEPTED =
  'gatebench reads perf script, pprof, .cpuprofile, speedscope, folded stacks, 0x stacks.<pid>.json and its own ' +
  'profile.json, each as it is or gzipped';

/** perf's own file, which only the perf that wrote it reads well. */
const PERF_DATA_MAGIC = 'PERFILE2';

/**
 * Whatever is read at once has to fit into one string. perf script, which alone grows without bounds, is not.
 * https://github.com/nodejs/node/blob/v20.20.2/lib/buffer.js: kStringMaxLength is 2^29 - 24.
 */
const MAX_BYTES = 2 ** 29 - 24;

/**
 * A profile from a file in any format that we know, gzipped or not: what is in the file decides, not its name.
 * perf script is read as it streams by, with memory for the unique stacks alone.
 * @throws UsageError which names the file, what is wrong and where in it, and what could be read
 */
export async function importProfile(path: string): Promise<Profile> {
  const name = basename(path);
  try {
    const start = await startOf(path);
    const format = detectFormat(start, name);
    if (format === null) throw unknownFormat(path, start);
    const profile = format === 'perf-script' ? await readPerfScript(path) : await readWhole(path, format);
    if (!profile.stacks.some(({ weight }) => weight > 0)) {
      throw new UsageError(`${path} holds no samples (read as ${format})`, 'capture it while the process works');
    }
    return profile;
  } catch (error) {
    throw expected(path, error);
  }
}

async function readPerfScript(path: string): Promise<Profile> {
  const parser = new PerfScriptParser({ title: titleOf(path) });
  const decoder = new StringDecoder('utf8');
  for await (const chunk of await unzipped(path)) parser.feed(decoder.write(chunk as Buffer));
  parser.feed(decoder.end());
  const profile = parser.end();
  return { ...profile, meta: { ...profile.meta, profiler: null } };
}

async function readWhole(path: string, format: Exclude<ProfileFormat, 'perf-script'>): Promise<Profile> {
  const bytes = await readAll(path, MAX_BYTES);
  const title = titleOf(path);
  switch (format) {
    case 'pprof':
      return parsePprof(bytes, { title });
    case 'cpuprofile':
      return parseCpuProfile(textOf(bytes), title);
    case 'speedscope':
      return parseSpeedscope(textOf(bytes), title);
    case 'py-spy':
      return parsePySpy(textOf(bytes), title, null);
    case 'folded':
      return parseFolded(textOf(bytes), { title });
    case '0x':
      return parseOxStacks(textOf(bytes), title);
    case 'gatebench':
      return parseGatebench(textOf(bytes));
    default:
      return format satisfies never;
  }
}

/** The first bytes, unzipped. A gzip file that breaks off later is found out when it is read. */
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
      throw new UsageError(`${path} is larger than ${limitBytes >> 20} MiB`, 'export it in parts, or profile shorter');
    }
  }
  return Buffer.concat(parts);
}

/** The file's bytes, gunzipped where they are gzipped. */
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

function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** The file's name, without what says only how it is stored. */
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
      `${path} is perf's own data, which only perf reads`,
      `perf script --header -i ${path} > perf.script, on the machine where it was recorded; then import that`,
    );
  }
  return new UsageError(`${path} is no profile in a format that is known`, ACCEPTED);
}

function expected(path: string, error: unknown): unknown {
  if (error instanceof ExpectedError) return error;
  if (error instanceof FormatError) {
    return new UsageError(`${path} can't be read: ${error.message}`, ACCEPTED, { cause: error });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('Z_')) {
    return new UsageError(`${path} is not whole: ${messageOf(error)}`, 'copy it again', { cause: error });
  }
  const reasons: Record<string, string> = {
    ENOENT: 'does not exist',
    EISDIR: 'is a folder',
    EACCES: 'may not be read',
  };
  const reason = reasons[code];
  return reason ? new UsageError(`${path} ${reason}`, ACCEPTED, { cause: error }) : error;
}
