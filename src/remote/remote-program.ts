import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../lib/paths.js';

/** The text of a program that runs elsewhere. @param name below `remote-programs/`: `job.sh`, `k6/load.js` */
export function readRemoteProgram(name: string): string {
  return readFileSync(remoteProgramPath(name), 'utf8');
}

/** Where such a program is, for one that is run here. */
export function remoteProgramPath(name: string): string {
  return join(PACKAGE_ROOT, 'remote-programs', name);
}

/** Words that run a shell program on a host: it goes there as an argument, so that its stdin is free. */
export function shellProgram(name: string, ...args: string[]): string[] {
  return ['sh', '-c', readRemoteProgram(name), name, ...args];
}
