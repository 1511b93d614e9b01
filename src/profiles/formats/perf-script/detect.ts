import { isOtherRecord, parseFrameLine, parseSampleLine } from './lines.js';

/** Lines that are looked at: other output may come first. */
const MAX_LINES = 200;

/** A frame as perf aligns it, or with a module: `		        55d1e4 alpha (/srv/spin)`. */
const ALIGNED_FRAME = /^\t[ 0-9a-f]{16}(?: \S|$)/;

/** The only frame of a sample without a call graph and without anything that proves it: so must be the next ones. */
const LONE_FRAME = / [ 0-9a-f]{15}[0-9a-f] \S/;
const MIN_LONE_FRAMES = 3;

/** Whether text is perf's. The first line of a sample looks like many a log line: its time or its stack is required. */
export function looksLikePerfScript(lines: readonly string[]): boolean {
  // With --header, samples may start later than the part that is seen.
  if (/^# ={4,}\s*$/.test(lines[0] ?? '') && lines.some((line) => /^# (captured on|perf version)/.test(line)))
    return true;
  const text = lines
    .filter((line) => !line.startsWith('#'))
    .slice(0, MAX_LINES)
    .map((line) => line.replace(/\r$/, ''));
  const first = text.slice(0, MIN_LONE_FRAMES);
  if (first.length === MIN_LONE_FRAMES && first.every((line) => LONE_FRAME.test(line))) return true;
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
