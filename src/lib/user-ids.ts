import { readFileSync } from 'node:fs';
import { ExpectedError } from './errors.js';

/** The ids of a user of this machine. @throws ExpectedError where there is none of that name */
export function userIds(name: string): { uid: number; gid: number } {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new ExpectedError(`this machine has no user ${name}`, `create it: useradd --system ${name}`);
}
