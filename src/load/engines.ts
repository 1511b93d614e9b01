import { UsageError } from '../lib/errors.js';
import { suggestion } from '../lib/suggest.js';
import { autocannonEngine } from './autocannon/engine.js';
import type { Engine } from './engine.js';
import { k6Engine } from './k6/engine.js';
import { nativeEngine } from './native/engine.js';
import { wrkEngine } from './wrk/engine.js';

/** Every load engine, by the name that people ask for. */
const ENGINES: Record<string, () => Engine> = {
  native: nativeEngine,
  autocannon: autocannonEngine,
  k6: () => k6Engine(),
  wrk: () => wrkEngine(),
};

export const DEFAULT_ENGINE = 'native';

/** Names of the engines, the default first. */
export function engineNames(): string[] {
  return Object.keys(ENGINES);
}

/** @throws {UsageError} for an unknown name, with the nearest known one */
export function engineNamed(name: string): Engine {
  const make = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (make !== undefined) return make();
  throw new UsageError(`no load engine is called "${name}"`, suggestion(name, engineNames()));
}
