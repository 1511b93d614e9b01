import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/lib/errors.js';
import { DEFAULT_ENGINE, engineNamed, engineNames } from '../../src/load/engines.js';

describe('engineNamed', () => {
  it('knows every engine by its own name, the default first', () => {
    expect(engineNames()[0]).toBe(DEFAULT_ENGINE);
    for (const name of engineNames()) expect(engineNamed(name).name).toBe(name);
  });

  it.each(['autocanon', 'vegeta', 'constructor', ''])('tells of what there is for %j', (name) => {
    try {
      engineNamed(name);
      expect.unreachable('an unknown engine was found');
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      expect(error.message).toContain(`"${name}"`);
      expect(error.hint).toContain('autocannon');
    }
  });
});
