import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethod, InstallMethodOf } from '../model/install-method.js';
import { sha256OfFile } from './checksum.js';
import type { Installer } from './installer.js';

/** A program that the user points to. It stays where it is; what it was is recorded by its checksum. */
export const existing: Installer<InstallMethodOf<'existing'>> = {
  async install(method, context) {
    const entry = namedProgram(method);
    if (entry === undefined) {
      throw new ExpectedError(
        `${method.variable} is not set`,
        `set ${method.variable} to the path of a ${context.gateway.name} ${context.gateway.version} that you have`,
      );
    }
    await access(entry, constants.X_OK).catch(() => {
      throw new ExpectedError(`${method.variable} names ${entry}, which can't be run`, `correct ${method.variable}`);
    });
    context.log(`found ${entry}`);
    return { entry, pinnedBy: await ownFilePin(entry) };
  },
};

/** What a receipt says of a user's own file: nothing pins it, but another file under its name is noticed. */
export async function ownFilePin(entry: string): Promise<string> {
  return `nothing: the user's own file, sha256 ${await sha256OfFile(entry)}`;
}

/** The absolute path that the variable names, where it is set. */
export function namedProgram(method: InstallMethodOf<'existing'>): string | undefined {
  const path = process.env[method.variable];
  return path === undefined || path === '' ? undefined : resolve(path);
}

/** The first `existing` way whose variable is set: the user asks for that program and no other. */
export function askedFor(methods: InstallMethod[]): InstallMethodOf<'existing'> | undefined {
  return methods.find((method) => method.method === 'existing' && namedProgram(method) !== undefined) as
    | InstallMethodOf<'existing'>
    | undefined;
}

/** What the user says the program's version is, for a program that can't say it. */
export function statedVersion(method: InstallMethodOf<'existing'>): { version: string; variable: string } | undefined {
  const variable = `${method.variable}_VERSION`;
  const version = process.env[variable];
  return version === undefined || version === '' ? undefined : { version, variable };
}
