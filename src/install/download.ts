import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, chmod, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { fillTemplate } from '../lib/placeholders.js';
import type { InstallMethodOf } from '../model/install-method.js';
import { wrongChecksum } from './checksum.js';
import { hostPlatform } from './host-system.js';
import { runInstallCommand } from './install-command.js';
import type { InstallContext, Installer } from './installer.js';
import { throwIfInterrupted } from './interruption.js';

const TIMEOUT_MS = 600_000;

/** A release file with a known checksum. */
export const download: Installer<InstallMethodOf<'download'>> = {
  async install(method, context) {
    const { os, arch } = hostPlatform();
    const sha256 = method.sha256[`${os}-${arch}`];
    if (sha256 === undefined) {
      throw new ExpectedError(
        `no checksum is known for ${os}-${arch}, only for ${Object.keys(method.sha256).join(', ')}`,
        'use another platform, or another way to install it',
      );
    }
    const url = fillTemplate(method.url, { version: context.gateway.version, os, arch });
    const program = fillTemplate(method.program, { version: context.gateway.version, os, arch });
    const entry = join(context.target, program);
    if (method.archive === 'none') {
      await mkdir(dirname(entry), { recursive: true });
      await fetchChecked(url, sha256, entry, context);
    } else {
      const archive = join(context.target, basename(new URL(url).pathname));
      await fetchChecked(url, sha256, archive, context);
      await runInstallCommand(['tar', '-xzf', archive, '-C', context.target], context);
      await rm(archive);
    }
    await access(entry).catch(() => {
      throw new ExpectedError(`${url} has no file ${program} in it`, 'correct "program" in the manifest');
    });
    await chmod(entry, 0o755);
    return { entry, pinnedBy: `sha256 ${sha256}` };
  },
};

/**
 * Download a file, and keep it only if it is the expected one.
 * @param sha256 lower-case hex; undefined skips the check, for files that something else verifies
 * @throws ExpectedError for an answer other than 200, another checksum, or a transfer that breaks off
 */
export async function fetchChecked(
  url: string,
  sha256: string | undefined,
  to: string,
  context: Pick<InstallContext, 'log' | 'signal'>,
): Promise<void> {
  context.log(`download ${url}`);
  const hash = createHash('sha256');
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([context.signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    if (!answer.ok || answer.body === null) {
      throw new ExpectedError(`${url} answered ${answer.status}`, 'check that the address can be reached from here');
    }
    const hashing = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(answer.body as ReadableStream<Uint8Array>), hashing, createWriteStream(to));
  } catch (error) {
    await rm(to, { force: true });
    if (error instanceof ExpectedError) throw error;
    throwIfInterrupted(context.signal);
    throw new ExpectedError(
      `${url} could not be downloaded: ${reasonOf(error)}`,
      'check that the address can be reached from here',
    );
  }
  const found = hash.digest('hex');
  if (sha256 !== undefined && found !== sha256) {
    await rm(to);
    throw wrongChecksum(url, found, sha256);
  }
}

/** fetch says only "fetch failed"; why is in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)} (${messageOf(cause)})`;
}
