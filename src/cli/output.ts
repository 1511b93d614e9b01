import pc from 'picocolors';

/** Colours, where people will see them: on a terminal, and not where NO_COLOR asks for none. */
export const colours = pc.createColors(process.stdout.isTTY === true && pc.isColorSupported);
export const errorColours = pc.createColors(process.stderr.isTTY === true && pc.isColorSupported);

/** What was asked for: goes to stdout. */
export function writeResult(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Progress goes to stderr, so that stdout can be piped. */
export function writeStatus(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function writeJson(value: unknown): void {
  writeResult(JSON.stringify(value, null, 2));
}
