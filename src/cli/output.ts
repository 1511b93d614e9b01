import { setImmediate } from 'node:timers/promises';
import pc from 'picocolors';
import { ExpectedError } from '../lib/errors.js';
import { printableColours, printableJson } from '../lib/printable.js';

/** Not what picocolors finds: it looks at stdout alone, and where CI is set it takes any output for one with colours. */
const wantsColour = !process.env.NO_COLOR && (Boolean(process.env.FORCE_COLOR) || process.env.TERM !== 'dumb');

/** Colours, where people will see them: on a terminal, and not where NO_COLOR asks for none. */
export const colours = pc.createColors(process.stdout.isTTY === true && wantsColour);
export const errorColours = pc.createColors(process.stderr.isTTY === true && wantsColour);

let statusWriter: ((text: string) => void) | null = null;

/** Have somebody else write what goes to stderr, who draws there; null to end that. */
export function redirectStatus(writer: ((text: string) => void) | null): void {
  statusWriter = writer;
}

/** What was asked for, for people: goes to stdout. Titles and logs are in it, and control nothing. */
export function writeResult(text: string): void {
  process.stdout.write(withLineEnd(printableColours(text)));
}

/** Progress goes to stderr, so that stdout can be piped. */
export function writeStatus(text: string): void {
  if (statusWriter !== null) statusWriter(text);
  else process.stderr.write(withLineEnd(printableColours(text)));
}

/** What was asked for as data: goes to stdout. */
export function writeJson(value: unknown): void {
  writeJsonText(JSON.stringify(value, null, 2));
}

/**
 * A document for programs: goes to stdout as it is, for their readers know what it holds. A terminal gets it as text that
 * controls nothing.
 */
export function writeDocument(text: string): void {
  if (process.stdout.isTTY) writeResult(text);
  else process.stdout.write(text);
}

/** {@link writeJson} of what is text already. */
export function writeJsonText(json: string): void {
  process.stdout.write(withLineEnd(printableJson(json)));
}

function withLineEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

const OUTPUTS = { stdout: process.stdout, stderr: process.stderr };
/** First error of each output, unless nobody listens there any more. */
const failures = new Map<keyof typeof OUTPUTS, Error>();

/**
 * Remember what can't be written, for {@link flushOutput}. A reader that went away (`gatebench list | head`) and a
 * closed terminal are no errors of ours.
 */
export function watchOutput(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = OUTPUTS[name];
    stream.on('error', (error: NodeJS.ErrnoException) => {
      const unread = error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY);
      if (!unread && !failures.has(name)) failures.set(name, error);
    });
  }
}

/**
 * Wait until all that was written has left this process: ending it earlier would cut it off.
 * @throws ExpectedError where some of it is lost
 */
export async function flushOutput(): Promise<void> {
  for (const stream of Object.values(OUTPUTS)) {
    // An empty write ends after all before it; with none before it, it would itself fail on a full device.
    if (stream.writableLength > 0) await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
  // Errors are told in a later turn than the write that failed.
  await setImmediate();
  for (const [name, error] of failures) {
    throw new ExpectedError(
      `${name} can't be written: ${error.message}`,
      'the output is incomplete: free some space, or write it elsewhere',
      undefined,
      { cause: error },
    );
  }
}
