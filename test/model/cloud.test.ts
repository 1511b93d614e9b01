import { describe, expect, it } from 'vitest';
import { EnvironmentName, ProviderOutputs } from '../../src/model/cloud.js';

const host = { address: '192.0.2.7', sshUser: 'me', sshPort: 22, internalAddress: '10.0.0.2', hostKey: null };
const problemsOf = (value: unknown) =>
  ProviderOutputs.safeParse(value).error?.issues.map(({ message }) => message) ?? [];

describe('what a provider puts out', () => {
  it('single: one host for all', () => {
    expect(problemsOf({ topology: 'single', hosts: { all: host } })).toEqual([]);
    expect(problemsOf({ topology: 'single', hosts: { gateway: host } })).toEqual([
      'topology single has the role all and no other, here: gateway',
    ]);
  });

  it('split: gateway, upstream and any number of load machines', () => {
    const hosts = { gateway: host, upstream: host, 'load-1': host, 'load-2': host };
    expect(problemsOf({ topology: 'split', hosts })).toEqual([]);
    expect(problemsOf({ topology: 'split', hosts: { gateway: host, upstream: host } })[0]).toMatch(/load-1 to load-N/);
    expect(problemsOf({ topology: 'split', hosts: { ...hosts, all: host } })[0]).toMatch(/topology split/);
  });

  it('no field more or less, and no address that ssh would take for an option', () => {
    expect(problemsOf({ topology: 'single', hosts: { all: { ...host, password: 'x' } } })).not.toEqual([]);
    expect(problemsOf({ topology: 'single', hosts: { all: { ...host, address: '-oProxyCommand=x' } } })).not.toEqual(
      [],
    );
    expect(problemsOf({ topology: 'single', hosts: { all: { ...host, sshUser: '-x' } } })).not.toEqual([]);
  });
});

describe('the name of an environment', () => {
  it.each(['bench', 'a', 'nightly-2'])('%s', (name) => {
    expect(EnvironmentName.safeParse(name).success).toBe(true);
  });
  it.each(['', '../x', 'Bench', '2x', 'a-', 'x'.repeat(31)])('not %j', (name) => {
    expect(EnvironmentName.safeParse(name).success).toBe(false);
  });
});
