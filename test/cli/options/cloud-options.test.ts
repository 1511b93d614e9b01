import { describe, expect, it } from 'vitest';
import { parseProvider, parseVariable, type UpOptions } from '../../../src/cli/options/cloud-options.js';

const options: UpOptions = { name: 'bench', topology: 'single', loadCount: 1, var: [], sshTimeout: 300 };

describe('a variable', () => {
  it.each([
    ['spot=true', ['spot', true]],
    ['n=1', ['n', 1]],
    ['disk_gb=100', ['disk_gb', 100]],
    ['project=my-project', ['project', 'my-project']],
    ['labels={"team":"a=b"}', ['labels', { team: 'a=b' }]],
  ])('%s', (text, variable) => {
    expect(parseVariable(text)).toEqual(variable);
  });

  it.each(['spot', '=x', 'Not-a-name=1', 'no-name=1'])('not %s', (text) => {
    expect(() => parseVariable(text)).toThrow(/name=value/);
  });
});

describe('which provider, with which variables', () => {
  const host = { user: 'me', address: 'bench.example.com', port: 22 };

  it('Google unless something else is said', () => {
    expect(parseProvider({ ...options, var: [['project', 'p']] })).toEqual({
      provider: 'gcp',
      variables: { project: 'p' },
    });
  });

  it('a host of one’s own is provider bring-your-own', () => {
    expect(parseProvider({ ...options, host })).toEqual({
      provider: 'bring-your-own',
      variables: { hosts: { all: { address: 'bench.example.com', ssh_user: 'me', ssh_port: 22, host_key: null } } },
    });
  });

  it('refuses contradictions', () => {
    expect(() => parseProvider({ ...options, host, topology: 'split' })).toThrow(/needs several/);
    expect(() => parseProvider({ ...options, host, var: [['hosts', {}]] })).toThrow(/twice/);
    expect(() => parseProvider({ ...options, hostKey: 'ssh-ed25519 AAAA' })).toThrow(/requires --host/);
  });
});
