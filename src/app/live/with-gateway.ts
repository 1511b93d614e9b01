import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localDriver } from '../../gateway/drivers.js';
import type { RunningGateway } from '../../gateway/gateway-driver.js';
import { CleanupStack } from '../../lib/cleanup-stack.js';
import { ExpectedError, messageOf, StorageError } from '../../lib/errors.js';
import { sleep } from '../../lib/sleep.js';
import { temporaryFolder } from '../../lib/temporary-folder.js';
import { NO_LAUNCH_CHANGE } from '../../model/launch-overrides.js';
import type { LiveEnd } from '../../model/live.js';
import type { PresentGateway } from '../footprint/choose.js';
import { caEnvironment } from './own-ca.js';
import type { LivePlan } from './plan-live.js';

interface Surroundings {
  /** Takes the key out of what is kept. */
  redact: (text: string) => string;
  keepLog: (text: string) => Promise<void>;
  signal: AbortSignal;
}

type Ready = Pick<RunningGateway, 'origin' | 'headers'> & {
  /** Why it takes no more requests; null while it may. */
  gone(): string | null;
};

/**
 * Start a gateway before the endpoint, use it, and stop it. Its files have the key: they are in a folder that no other user
 * may enter, and are gone with the gateway; its log is kept without it.
 * @returns what `use` returns, or why the gateway didn't come up
 */
export async function withGateway(
  { address, access, ca }: LivePlan,
  { label, gateway, receipt, installDir }: PresentGateway,
  { redact, keepLog, signal }: Surroundings,
  use: (ready: Ready) => Promise<LiveEnd>,
): Promise<LiveEnd> {
  const cleanups = new CleanupStack();
  try {
    localDriver.preflight(gateway);
    const work = await temporaryFolder();
    cleanups.add(() => work.remove());
    const logs = await temporaryFolder();
    cleanups.add(() => logs.remove());
    const logFile = join(logs.path, 'gateway.log');
    cleanups.add(async () => keepLog(redact(await readFile(logFile, 'utf8').catch(() => ''))));
    const running = await localDriver.start({
      gateway,
      receipt,
      installDir,
      upstream: address.base,
      upstreamAccess: access,
      workDir: work.path,
      logFile,
      launch: { ...NO_LAUNCH_CHANGE, environment: caEnvironment(ca) },
      cpus: null,
      signal,
    });
    cleanups.add(running.stop);
    await running.ready(signal);
    // It may take so long to find the endpoint's models; asking meanwhile would cost.
    await sleep(gateway.response.retryForS * 1000, signal);
    return await use({ origin: running.origin, headers: running.headers, gone: () => goneOf(running) });
  } catch (error) {
    if (signal.aborted) return { gateway: label, why: 'interrupted', message: null };
    if (!(error instanceof ExpectedError) || error instanceof StorageError) throw error;
    return { gateway: label, why: 'gateway-failed', message: redact(messageOf(error)) };
  } finally {
    await cleanups.run();
  }
}

function goneOf(running: RunningGateway): string | null {
  const exit = running.exit();
  if (exit === null) return null;
  const { exitCode, signal } = exit;
  return signal === null ? `it ended with exit code ${exitCode}` : `it was ended by ${signal}`;
}
