import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethod, InstallMethodOf } from '../model/install-method.js';
import { sha256OfFile } from './fetch-file.js';
import type { Installer } from './installer.js';

/** A program that an environment variable names. It stays where it is; its checksum is recorded. */
export const existing: Installer<InstallMethodOf<'existing'>> = {
  async install(method, context) {
    const entry = namedProgram(method);
    if (entry === undefined) {
      throw new ExpectedError(
        `${method.variable} is not set`,
        `set ${method.variable} to the path of your own ${context.gateway.name} ${context.gateway.version}`,
      );
    }
    // A folder can be "executed" too.
    const runnable = (await stat(entry).catch(() => null))?.isFile() === true && (await isExecutable(entry));
    if (!runnable) {
      throw new ExpectedError(`${method.variable} names ${entry}, which can't be run`, `correct ${method.variable}`);
    }
    context.log(`found ${entry}`);
    return { entry, pinnedBy: await hashOwnFile(entry) };
  },
};

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** `pinnedBy` of a user's own file: nothing pins it, but a changed file is noticed. */
export async function hashOwnFile(entry: string): Promise<string> {
  return `nothing: the user's own file, sha256 ${await sha256OfFile(entry)}`;
}

/** The absolute path that the variable names, if it is set. */
export function namedProgram(method: InstallMethodOf<'existing'>): string | undefined {
  const path = process.env[method.variable];
  return path === undefined || path === '' ? undefined : resolve(path);
}

/** The first `existing` method whose variable is set: the user wants that program and no other. */
export function findRequestedMethod(methods: InstallMethod[]): InstallMethodOf<'existing'> | undefined {
  return methods.find((method) => method.method === 'existing' && namedProgram(method) !== undefined) as
    | InstallMethodOf<'existing'>
    | undefined;
}

/** The version that the user states, for a program that can't report its own. */
export function readStatedVersion(
  method: InstallMethodOf<'existing'>,
): { version: string; variable: string } | undefined {
  const variable = `${method.variable}_VERSION`;
  const version = process.env[variable];
  return version === undefined || version === '' ? undefined : { version, variable };
}
