import { sleep } from '../lib/sleep.js';
import { ConnectionError, type SshHost } from './ssh-host.js';

/**
 * Wait until a host lets us in. Its key is pinned by then.
 * @param options.fresh the machine is only just starting: refusals may be over soon
 * @throws ConnectionError where it doesn't in time; at once where the host's key is not the pinned one
 */
export async function waitForSsh(
  host: SshHost,
  options: { timeoutS: number; fresh: boolean; signal: AbortSignal },
): Promise<void> {
  await host.pin();
  const end = performance.now() + options.timeoutS * 1000;
  for (;;) {
    try {
      await host.mustRun('run a command', ['true'], { signal: options.signal });
      return;
    } catch (error) {
      // A fresh machine lets a user in, and then lets it use sudo, a little after it answers.
      const mayPass =
        error instanceof ConnectionError
          ? error.failure === 'unreachable' || (error.failure === 'denied' && options.fresh)
          : options.fresh && !options.signal.aborted;
      if (!mayPass || performance.now() >= end) throw error;
    }
    await sleep(2_000, options.signal);
  }
}
