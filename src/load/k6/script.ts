import type { LoadParameters } from '../../../remote-programs/k6/parameters.d.ts';
import { readRemoteProgram } from '../../remote/remote-program.js';
import type { LoadShape, LoadSpec } from '../engine.js';

/** Tells the script when to begin: milliseconds since the epoch, on the clock of the machine that runs it. */
export const START_VARIABLE = 'GATEBENCH_START_MS';

/**
 * For k6 on other hosts, which do without a summary: k6 then doesn't keep its metrics. A variable and not a flag, since
 * older versions, which don't know it, refuse unknown flags.
 */
export const HOST_ENVIRONMENT = { K6_AUTO_EXTENSION_RESOLUTION: 'false', K6_SUMMARY_MODE: 'disabled' };

/** k6 keeps a VU for every request that may be in flight. */
export function k6Vus({ vus, arrivals }: LoadSpec): number {
  return arrivals?.maxInFlight ?? vus;
}

/** What k6 can't do of a load that isn't a closed loop; see `Engine.refusal`. */
export function k6Refusal({ arrivals }: LoadShape): string | null {
  if (arrivals?.distribution === 'poisson') return 'has evenly spaced arrivals only, and no Poisson process';
  if (arrivals?.distribution === 'recorded') return 'has evenly spaced arrivals only, and no recorded ones';
  return null;
}

/**
 * k6's script of a load, one file that needs nothing beside it.
 * @param stopUrl answers when the load is to end early; null where it always runs to its end, and refuses to begin where
 * the gateway can't be reached
 */
export function k6Script(spec: LoadSpec, stopUrl: string | null): string {
  const load: LoadParameters = {
    url: spec.origin + spec.path,
    body: spec.body,
    headers: spec.headers,
    timeoutMs: Math.round(spec.timeoutS * 1000),
    stream: spec.stream,
    texts: spec.texts,
    objectOptional: spec.objectOptional ?? false,
    vus: k6Vus(spec),
    ratePerSec: spec.arrivals?.ratePerSec ?? null,
    stages: spec.stages?.map(({ durationS, from, to }) => ({ durationMs: durationS * 1000, from, to })) ?? null,
    warmupMs: Math.round(spec.warmupS * 1000),
    windowMs: Math.round(spec.durationS * 1000),
    checkReachable: stopUrl === null,
    stopUrl,
  };
  return `const LOAD = ${plainJson(load)};\n\n${readRemoteProgram('k6/load.js')}`;
}

/** JSON that stays what it is within YAML 1.1, which allows no control characters and has line ends of its own. */
function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
