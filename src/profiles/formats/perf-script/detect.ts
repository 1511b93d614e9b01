import { isOtherRecord, parseFrameLine, parseSampleLine } from './lines.js';

/** Lines that are looked at: other output may come first. */
const MAX_LINES = 200;

/** A frame as perf aligns it, or with a module: `		        55d1e4 alpha (/srv/spin)`. */
const ALIGNED_FRAME = /^\t[ 0-9a-f]{16}(?: \S|$)/;

/** Whether text is perf's. The first line of a sample looks like many a log line: its time or its stack is required. */
export function looksLikePerfScript(lines: readonly string[]): boolean {
  // With --header, samples may start later than the part that is seen.
  if (/^# ={4,}\s*$/.test(lines[0] ?? '') && lines.some((line) => /^# (captured on|perf version)/.test(line)))
    return true;
  const text = lines
    .filter((line) => !line.startsWith('#'))
    .slice(0, MAX_LINES)
    .map((line) => line.replace(/\r$/, ''));
  return text.some((line, index) => isSample(line, text[index + 1] ?? ''));
}

function isSample(line: string, next: string): boolean {
  if (isOtherRecord(line) && line.includes('PERF_RECORD_')) return true;
  if (isFrame(line)) return true;
  if (line.startsWith('\t')) return false;
  const sample = parseSampleLine(line);
  if (!sample) return / [ 0-9a-f]{16} \S.* \(.*\)$/.test(line);
  const stack = isFrame(next) || (parseFrameLine(next)?.module ?? '') !== '';
  return stack || (sample.event !== null && sample.tid !== null && /\s\d+\.\d{6,}:/.test(line));
}

function isFrame(line: string): boolean {
  if (!line.startsWith('\t')) return false;
  const frame = parseFrameLine(line);
  return frame !== null && (ALIGNED_FRAME.test(line) || (frame.module !== '' && frame.address.length > 1));
}
