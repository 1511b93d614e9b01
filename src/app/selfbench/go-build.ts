import { join } from 'node:path';
import { execa } from 'execa';
import { ExpectedError, InterruptedError } from '../../lib/errors.js';
import { PEERS_FOLDER } from './upstream-programs.js';

const INSTALL_GO = 'install Go from https://go.dev/dl';

/**
 * Build the Go peer of the mock.
 * @param folder where the program goes
 * @returns its path and Go's version
 * @throws ExpectedError where Go is missing or the build fails; the signal's reason where it aborts
 */
export async function buildGoPeer(folder: string, signal: AbortSignal): Promise<{ program: string; version: string }> {
  const version = /go version (\S+)/.exec(await go(['version'], signal))?.[1] ?? 'unknown version';
  const program = join(folder, 'go-mock');
  await go(['build', '-buildvcs=false', '-o', program, '.'], signal);
  return { program, version };
}

async function go(args: string[], signal: AbortSignal): Promise<string> {
  const result = await execa('go', args, {
    cwd: join(PEERS_FOLDER, 'go-mock'),
    // It needs nothing but Go's own library: no network, no C compiler, no other toolchain.
    env: { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off', GOPROXY: 'off' },
    cancelSignal: signal,
    reject: false,
    stdin: 'ignore',
  });
  if (signal.aborted) throw signal.reason instanceof InterruptedError ? signal.reason : new InterruptedError();
  if (result.code === 'ENOENT') throw new ExpectedError('there is no go in PATH', INSTALL_GO);
  if (result.failed) {
    const last = result.stderr.trim().split('\n').at(-1) || result.shortMessage;
    throw new ExpectedError(`go ${args[0]} failed: ${last}`, 'build test/peers/go-mock by hand to see more');
  }
  return result.stdout;
}
