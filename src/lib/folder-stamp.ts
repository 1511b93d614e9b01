/** A moment as the beginning of a folder's name, to the second: `2026-05-04T10-00-00Z`. */
export function folderStamp(moment: Date): string {
  return `${moment.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}
