import { oxFormat } from './0x.js';
import { cpuProfileFormat } from './cpuprofile.js';
import { foldedFormat } from './folded.js';
import { DETECTION_BYTES, type FileStart, type ProfileFormat, textOf } from './format.js';
import { gatebenchFormat } from './gatebench.js';
import { perfScriptFormat } from './perf-script/perf-script.js';
import { pprofFormat } from './pprof/pprof.js';
import { pySpyFormat } from './py-spy.js';
import { speedscopeFormat } from './speedscope.js';

/** All formats that can be imported. The first one that detects a file reads it. */
export const FORMATS: readonly ProfileFormat[] = [
  pprofFormat,
  speedscopeFormat,
  gatebenchFormat,
  cpuProfileFormat,
  oxFormat,
  pySpyFormat,
  foldedFormat,
  perfScriptFormat,
];

/**
 * Detects a format by a file's content. Its name decides only if its content doesn't.
 * @param bytes the first {@link DETECTION_BYTES} of the file, not gzipped
 * @param fileName without folders
 * @returns null if no format fits
 */
export function detectFormat(bytes: Uint8Array, fileName: string): ProfileFormat | null {
  if (bytes.length === 0) return null;
  const start = startOf(bytes.subarray(0, DETECTION_BYTES));
  const byContent = FORMATS.find((format) => format.detect(start));
  if (byContent || start.kind !== 'json') return byContent ?? null;
  const name = fileName.replace(/\.gz$/, '');
  return FORMATS.find((format) => format.fileName?.test(name)) ?? null;
}

function startOf(bytes: Uint8Array): FileStart {
  if (isBinary(bytes)) return { kind: 'binary', bytes };
  const text = textOf(bytes);
  if (/^\s*\{/.test(text)) return { kind: 'json', text };
  const lines = text.split('\n');
  if (lines.length > 1) lines.pop(); // cut off, or empty
  return { kind: 'text', lines: lines.filter((line) => line.trim() !== '') };
}

/** Whether there are control characters that no text has. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b));
}
