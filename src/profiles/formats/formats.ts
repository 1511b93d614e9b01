import { oxFormat } from './0x.js';
import { chromeTraceFormat } from './chrome-trace.js';
import { cpuProfileFormat } from './cpuprofile.js';
import { firefoxFormat } from './firefox/firefox.js';
import { foldedFormat } from './folded.js';
import { DETECTION_BYTES, encodingOf, type FileStart, type ProfileFormat, textOf } from './format.js';
import { gatebenchFormat } from './gatebench.js';
import { heapProfileFormat } from './heapprofile.js';
import { javaFoldedFormat } from './java-folded.js';
import { perfScriptFormat } from './perf-script/perf-script.js';
import { pprofFormat } from './pprof/pprof.js';
import { pySpyFormat } from './py-spy.js';
import { rbspyFormat } from './rbspy.js';
import { speedscopeFormat } from './speedscope.js';

/** All formats that can be imported. The first one that detects a file reads it. */
export const FORMATS: readonly ProfileFormat[] = [
  pprofFormat,
  speedscopeFormat,
  gatebenchFormat,
  firefoxFormat,
  chromeTraceFormat,
  heapProfileFormat,
  cpuProfileFormat,
  oxFormat,
  pySpyFormat,
  rbspyFormat,
  javaFoldedFormat,
  foldedFormat,
  perfScriptFormat,
];

/**
 * Detects a format by a file's content. Its name decides only if its content doesn't.
 * @param bytes the first {@link DETECTION_BYTES} of the file, not gzipped, or its first line if that is longer
 * @param fileName without folders
 * @returns null if no format fits
 */
export function detectFormat(bytes: Uint8Array, fileName: string): ProfileFormat | null {
  if (bytes.length === 0) return null;
  const start = startOf(bytes);
  const byContent = FORMATS.find((format) => format.detect(start));
  if (byContent || start.kind !== 'json') return byContent ?? null;
  const name = fileName.replace(/\.gz$/, '');
  return FORMATS.find((format) => format.fileName?.test(name)) ?? null;
}

/** An object, or a list of objects: a folded stack may begin with `[unknown]`. */
const JSON_START = /^\s*(?:\{|\[\s*\{)/;

function startOf(bytes: Uint8Array): FileStart {
  if (encodingOf(bytes) === 'utf-8' && isBinary(bytes.subarray(0, DETECTION_BYTES))) return { kind: 'binary', bytes };
  const text = textOf(bytes);
  if (JSON_START.test(text)) return { kind: 'json', text };
  const lines = text.split('\n');
  if (lines.length > 1) lines.pop(); // cut off, or empty
  return { kind: 'text', lines: lines.filter((line) => line.trim() !== '') };
}

/** Whether there are control characters that no text has. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b));
}
