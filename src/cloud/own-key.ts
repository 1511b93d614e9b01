import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import { OWN_KEY } from '../remote/ssh-host.js';

/**
 * A key for one environment, made here. Only its public half leaves this machine: Terraform's state never has the other.
 * @param folder `.cloud/<name>`
 * @returns the public half, one line
 */
export async function ownPublicKey(folder: string, environment: string): Promise<string> {
  if (!existsSync(join(folder, OWN_KEY))) {
    const made = await execa(
      'ssh-keygen',
      ['-q', '-t', 'ed25519', '-N', '', '-C', `gatebench-${environment}`, '-f', OWN_KEY],
      {
        cwd: folder,
        reject: false,
        stdin: 'ignore',
      },
    );
    if (made.failed) {
      throw new ExpectedError(
        `no ssh key could be made: ${made.stderr || made.shortMessage}`,
        "install OpenSSH's client",
      );
    }
  }
  return (await readFile(join(folder, `${OWN_KEY}.pub`), 'utf8')).trim();
}
