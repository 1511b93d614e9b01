import { UsageError } from '../lib/errors.js';
import { suggestion } from '../lib/suggest.js';
import { autocannonEngine } from './autocannon/engine.js';
import type { Engine } from './engine.js';

/** Every load engine, by the name that people ask for. */
const ENGINES: Record<string, () => Engine> = {
  autocannon: autocannonEngine,
};

export const DEFAULT_ENGINE = 'autocannon';

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
