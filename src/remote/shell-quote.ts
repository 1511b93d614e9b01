/** Words that every POSIX shell takes as they are; `~` and `=` are left out, which some shells expand. */
const PLAIN = /^[A-Za-z0-9_./:,@%+-]+$/;

/**
 * One word for a POSIX shell, to be read back as exactly this text.
 * @throws Error for a NUL, which no argument of a process can hold
 */
export function shellQuote(word: string): string {
  if (word.includes('\0')) throw new Error('a NUL can not be part of an argument');
  if (PLAIN.test(word)) return word;
  // Between single quotes nothing is special but the single quote itself.
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A command line for a POSIX shell: ssh joins its arguments with spaces and has the remote shell parse them, so every
 * word is quoted on its own.
 */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}
