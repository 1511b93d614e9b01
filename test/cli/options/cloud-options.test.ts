import { describe, expect, it } from 'vitest';
import { parseHost, parseVariable, type UpOptions, variablesOf } from '../../../src/cli/options/cloud-options.js';

const options: UpOptions = { name: 'bench', topology: 'single', loadCount: 1, var: [], sshTimeout: 300 };

describe('a host', () => {
  it.each([
    ['me@bench.example.com', { user: 'me', address: 'bench.example.com', port: 22 }],
    ['root@192.0.2.7:2222', { user: 'root', address: '192.0.2.7', port: 2222 }],
    ['me@[2001:db8::1]:2222', { user: 'me', address: '2001:db8::1', port: 2222 }],
  ])('%s', (text, host) => {
    expect(parseHost(text)).toEqual(host);
  });

  it.each(['bench.example.com', 'me@', 'me@-oProxyCommand=x', 'me@a b', '-l@x', 'me@x:0', 'me@x:port'])(
    'not %s',
    (text) => {
      expect(() => parseHost(text)).toThrow();
    },
  );
});

describe('a variable', () => {
  it.each([
    ['spot=true', ['spot', true]],
    ['disk_gb=100', ['disk_gb', 100]],
    ['project=my-project', ['project', 'my-project']],
    ['labels={"team":"a=b"}', ['labels', { team: 'a=b' }]],
  ])('%s', (text, variable) => {
    expect(parseVariable(text)).toEqual(variable);
  });

  it.each(['spot', '=x', 'Not-a-name=1'])('not %s', (text) => {
    expect(() => parseVariable(text)).toThrow(/name=value/);
  });
});

describe('which provider, with which variables', () => {
  const host = { user: 'me', address: 'bench.example.com', port: 22 };

  it('Google unless something else is said', () => {
    expect(variablesOf({ ...options, var: [['project', 'p']] })).toEqual({
      provider: 'gcp',
      variables: { project: 'p' },
    });
  });

  it('a host of one’s own is provider bring-your-own', () => {
    expect(variablesOf({ ...options, host })).toEqual({
      provider: 'bring-your-own',
      variables: { hosts: { all: { address: 'bench.example.com', ssh_user: 'me', ssh_port: 22, host_key: null } } },
    });
  });

  it('refuses contradictions', () => {
    expect(() => variablesOf({ ...options, host, topology: 'split' })).toThrow(/takes several/);
    expect(() => variablesOf({ ...options, host, var: [['hosts', {}]] })).toThrow(/twice/);
    expect(() => variablesOf({ ...options, hostKey: 'ssh-ed25519 AAAA' })).toThrow(/goes with --host/);
  });
});
