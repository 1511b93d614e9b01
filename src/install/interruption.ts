import { InterruptedError } from '../lib/errors.js';

/** @throws InterruptedError where the user asked to stop: the one that came with the signal, if one did */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw signal.reason instanceof InterruptedError ? signal.reason : new InterruptedError();
}
