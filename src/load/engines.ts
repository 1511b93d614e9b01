import { UsageError } from '../lib/errors.js';
import { suggestion } from '../lib/suggest.js';
import { autocannonEngine } from './autocannon/engine.js';
import type { Engine } from './engine.js';
import { k6Engine } from './k6/engine.js';
import { nativeEngine } from './native/engine.js';
import { wrkEngine } from './wrk/engine.js';

/** Every load engine, by the name that people ask for. */
const ENGINES = {
  native: nativeEngine,
  autocannon: autocannonEngine,
  k6: () => k6Engine(),
  wrk: () => wrkEngine(),
} satisfies Record<string, () => Engine>;

export type EngineName = keyof typeof ENGINES;

export const DEFAULT_ENGINE: EngineName = 'native';

/** Names of the engines, the default first. */
export function engineNames(): string[] {
  return Object.keys(ENGINES);
}

/** @throws {UsageError} for an unknown name, with the nearest known one */
export function engineNamed(name: string): Engine {
  if (isEngine(name)) return ENGINES[name]();
  throw new UsageError(`no load engine is called "${name}"`, suggestion(name, engineNames()));
}

function isEngine(name: string): name is EngineName {
  return Object.hasOwn(ENGINES, name);
}
