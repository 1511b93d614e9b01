import { parseFrameLine, parseSampleLine } from './perf-script/perf-lines.js';
import { beginsAsProfile } from './pprof/protobuf-fields.js';

/** What can be imported. `gatebench` is our own profile.json; `py-spy` is folded, with files and lines in its frames. */
export type ProfileFormat =
  | 'perf-script'
  | 'pprof'
  | 'cpuprofile'
  | 'speedscope'
  | 'py-spy'
  | 'folded'
  | '0x'
  | 'gatebench';

/** How much of a file {@link detectFormat} wants to see. */
export const DETECTION_BYTES = 64 * 1024;

/** More than this of a text's lines have to look like folded stacks; the last line seen may be cut off. */
const FOLDED_SHARE = 0.9;
const FOLDED_LINE = /\S \d+(?:\.\d+)?(?:e[+-]?\d+)?\r?$/;
const PY_SPY_LINE = /\([^();]*\.py:\d+\)(?:;| \d+\r?$)/;

/**
 * The format of a profile, by its first bytes; the name decides only where they could be several.
 * @param bytes the first {@link DETECTION_BYTES} of the file, not gzipped any more
 * @param fileName without folders
 * @returns null for what we don't read
 */
export function detectFormat(bytes: Uint8Array, fileName: string): ProfileFormat | null {
  if (bytes.length === 0) return null;
  if (isBinary(bytes)) return beginsAsProfile(bytes) ? 'pprof' : null;
  const text = new TextDecoder().decode(bytes).replace(/^\uFEFF/, '');
  return /^\s*\{/.test(text) ? jsonFormat(text, fileName) : textFormat(text);
}

/** By the fields that each format has, and no other. A key may come late in a file that was written by other tools. */
function jsonFormat(text: string, fileName: string): ProfileFormat | null {
  const has = (key: string, value: string) => new RegExp(`"${key}"\\s*:\\s*${value}`).test(text);
  if (text.includes('speedscope.app/file-format-schema') || has('shared', '\\{\\s*"frames"')) return 'speedscope';
  if (/^\s*\{\s*"schemaVersion"\s*:\s*\d+\s*,\s*"meta"/.test(text)) return 'gatebench';
  if (has('callFrame', '\\{') || has('timeDeltas', '\\[')) return 'cpuprofile';
  if (has('(?:un)?merged', '\\{\\s*"name"\\s*:\\s*"all stacks"')) return '0x';
  const name = fileName.replace(/\.gz$/, '');
  if (name.endsWith('.cpuprofile')) return 'cpuprofile';
  if (name.endsWith('.speedscope.json')) return 'speedscope';
  return /^stacks\.\d+\.json$/.test(name) ? '0x' : null;
}

function textFormat(text: string): ProfileFormat | null {
  const lines = text.split('\n');
  if (lines.length > 1) lines.pop(); // cut off, or what follows the last line break
  const filled = lines.filter((line) => line.trim() !== '');
  if (filled.length === 0) return null;
  // perf script --header begins so; its samples may be further down than we see.
  if (/^# ={4,}$/.test(filled[0] ?? '') && filled.some((line) => /^# (captured on|perf version)/.test(line))) {
    return 'perf-script';
  }
  const folded = filled.filter((line) => FOLDED_LINE.test(line));
  if (folded.length > filled.length * FOLDED_SHARE) {
    const pySpy = folded.filter((line) => PY_SPY_LINE.test(line));
    return pySpy.length > folded.length / 2 ? 'py-spy' : 'folded';
  }
  // A sample's first line alone looks like many a log line: its call chain has to follow, or its time be in it.
  const first = filled.findIndex((line) => !line.startsWith('#'));
  const line = filled[first] ?? '';
  if (!parseSampleLine(line)) return null;
  return parseFrameLine(filled[first + 1] ?? '') || /\s\d+\.\d{6,}:/.test(line) ? 'perf-script' : null;
}

/** Control characters that no text has. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b));
}
