import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

/** In the install folder, and kept where the installation failed. */
export const INSTALL_LOG = 'install.log';

/** A log of all that an installation says, a line at a time. */
export async function openInstallLog(
  folder: string,
  onLine?: (line: string) => void,
): Promise<{ line(text: string): void; close(): Promise<void> }> {
  const stream = createWriteStream(join(folder, INSTALL_LOG));
  return {
    line(text) {
      stream.write(`${text}\n`);
      onLine?.(text);
    },
    async close() {
      stream.end();
      await finished(stream);
    },
  };
}
