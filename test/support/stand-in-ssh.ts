import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A program in place of ssh, for tests of what happens before and after it, not of ssh. */
export interface StandInSsh {
  /** `PATH`, with it in front. */
  path: string;
  /** The words of each call. */
  calls(): Promise<string[]>;
  /** While the file is there, no host can be reached. */
  down: string;
}

/** Every host accepts everything, and does nothing. */
export async function standInSsh(folder: string): Promise<StandInSsh> {
  const bin = join(folder, 'bin');
  const log = join(folder, 'ssh-calls');
  const down = join(folder, 'hosts-are-down');
  await mkdir(bin, { recursive: true });
  await writeFile(
    join(bin, 'ssh'),
    `#!/bin/sh
printf '%s ' "$@" | tr '\\n' ' ' >>'${log}'
echo >>'${log}'
[ ! -e '${down}' ] || { echo 'ssh: connect to host: No route to host' >&2; exit 255; }
cat >/dev/null
`,
  );
  await chmod(join(bin, 'ssh'), 0o755);
  return {
    path: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    calls: async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean),
    down,
  };
}
