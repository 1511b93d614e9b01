import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  addUpOptions,
  givenUpOptions,
  parseProvider,
  parseUpRequest,
  parseVariable,
  type UpOptions,
} from '../../../src/cli/options/cloud-options.js';

const options: UpOptions = { name: 'bench', var: [] };

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

function parsed(...argv: string[]): Command {
  const command = addUpOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
  return command.parse(argv, { from: 'user' });
}

describe('the options of what is created', () => {
  const request = (...argv: string[]) => parseUpRequest(parsed(...argv).opts());

  it('say nothing that was not given: what an earlier call said stays', () => {
    expect(request()).toEqual({ variables: {}, name: 'bench', keep: false });
  });

  it('become a request, each in its place', () => {
    const machines = ['--topology', 'split', '--load-count', '3', '--var', 'project=p', '--var', 'spot=true'];
    const access = ['--identity', 'key', '--allow-from', '192.0.2.0/24', '--remote-dir', 'here', '--ssh-timeout', '1m'];
    const more = ['--prepare-hosts', '--accept-host-keys', '--as-root', '--keep'];
    expect(request(...machines, ...access, '-n', 'other', '-p', 'gcp', ...more)).toEqual({
      provider: 'gcp',
      variables: { project: 'p', spot: true },
      name: 'other',
      topology: 'split',
      loadCount: 3,
      identity: 'key',
      allowFrom: '192.0.2.0/24',
      remoteDir: 'here',
      sshTimeoutS: 60,
      prepareHosts: true,
      acceptHostKeys: true,
      asRoot: true,
      keep: true,
    });
  });

  it('are known by those that were given, but for those that count for machines that are there too', () => {
    expect(givenUpOptions(parsed('-n', 'other', '--keep'))).toEqual([]);
    expect(givenUpOptions(parsed('--as-root', '--load-count', '1', '--var', 'a=b'))).toEqual([
      '--load-count',
      '--var',
      '--as-root',
    ]);
  });

  it.each([
    [['--topology', 'ring'], /ring/],
    [['--load-count', '0'], /"0" is not a number of machines/],
    [['--ssh-timeout', '60'], /--ssh-timeout/],
    [['--var', 'x'], /name=value/],
  ])('%j is refused', (argv, message) => expect(() => parsed(...argv)).toThrow(message));
});

describe('which provider, with which variables', () => {
  const host = { user: 'me', address: 'bench.example.com', port: 22 };

  it('is left open unless something is said', () => {
    expect(parseProvider({ ...options, var: [['project', 'p']] })).toEqual({ variables: { project: 'p' } });
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
    const twice: [string, unknown][] = [
      ['spot', true],
      ['spot', false],
    ];
    expect(() => parseProvider({ ...options, var: twice })).toThrow(/--var spot is given twice/);
  });
});
