/** What stands below it in the file is people's: what limits the figures, found by profiling. */
export const NOTES_MARK =
  '<!-- What follows is written by hand, and kept when the figures above are measured again. -->';

/**
 * The new figures, with the notes of the file that they replace.
 * @param existing the file's text; null where there is none
 */
export function withKeptNotes(document: string, existing: string | null): string {
  const notes = existing?.split(NOTES_MARK)[1]?.trim();
  return [document.trimEnd(), NOTES_MARK, ...(notes ? [notes] : [])].join('\n\n').concat('\n');
}
