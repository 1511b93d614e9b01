import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { type HostOptions, hostOptions, parseHostOptions } from '../../../src/cli/options/host-options.js';

function parsed(...argv: string[]): HostOptions {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const option of hostOptions()) command.addOption(option);
  return command.parse(argv, { from: 'user' }).opts();
}

const hosts = (engine: string, ...argv: string[]) => parseHostOptions({ ...parsed(...argv), engine });
const TWO = ['--k6-hosts', 'me@192.0.2.11,me@192.0.2.12:2222'];
const ADDRESS = ['--gateway-address', '192.0.2.10'];

describe('host options', () => {
  it('are none by default', () => expect(hosts('native')).toEqual({ remoteLoad: null, upstreamHost: null }));

  it('name the hosts of the load, and which k6 they run', () => {
    const load = { hosts: ['me@192.0.2.11', 'me@192.0.2.12:2222'], gatewayAddress: '192.0.2.10' };
    expect(hosts('k6', ...TWO, ...ADDRESS).remoteLoad).toEqual({ ...load, program: 'k6' });
    expect(hosts('k6', ...TWO, ...ADDRESS, '--k6-path', '/opt/k6').remoteLoad).toEqual({ ...load, program: '/opt/k6' });
    expect(hosts('k6', ...TWO, ...ADDRESS, '--k6-send').remoteLoad).toEqual({ ...load, program: null });
  });

  it('name the upstream’s host, for every engine, with a key or without', () => {
    const upstream = ['--upstream-host', 'me@192.0.2.13'];
    expect(hosts('native', ...upstream)).toEqual({ remoteLoad: null, upstreamHost: 'me@192.0.2.13' });
    expect(hosts('native', ...upstream, '--identity', 'key').upstreamHost).toBe('me@192.0.2.13');
    expect(hosts('k6', ...TWO, ...ADDRESS, '--identity', 'key').upstreamHost).toBeNull();
  });

  it('may name hosts that only look like this machine', () => {
    for (const host of ['me@localhost.example', 'me@notlocalhost', 'me@10.127.0.1']) {
      expect(hosts('native', '--upstream-host', host).upstreamHost).toBe(host);
    }
  });

  it('hint at the addresses that other hosts can reach', () => {
    const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const reachable = all.filter(({ address, internal }) => !internal && isIPv4(address));
    const refused = () => hosts('k6', ...TWO);
    for (const { address } of reachable)
      expect(refused).toThrow(expect.objectContaining({ hint: expect.stringContaining(address) }));
    expect(refused).toThrow(expect.objectContaining({ hint: expect.not.stringMatching(/: *127\.|, 127\.|::/) }));
    if (reachable.length === 0)
      expect(refused).toThrow(expect.objectContaining({ hint: expect.stringMatching(/^give/) }));
  });

  it.each<[string, string[], string]>([
    ['native', ['--identity', 'key'], '--identity is for --k6-hosts and --upstream-host'],
    ['k6', ['--k6-send'], '--k6-send goes with --k6-hosts'],
    ['k6', ['--k6-path', 'k6'], '--k6-path goes with --k6-hosts'],
    ['k6', ADDRESS, '--gateway-address goes with --k6-hosts'],
    ['native', [...TWO, ...ADDRESS], '--k6-hosts drive k6, and the engine is native'],
    ['k6', TWO, '--k6-hosts need --gateway-address'],
    ['k6', [...TWO, '--gateway-address', 'http://here'], '"http://here" is not an address'],
    ['k6', [...TWO, ...ADDRESS, '--k6-send', '--k6-path', 'k6'], 'are two ways to say which k6 the hosts run'],
    ['k6', ['--k6-hosts', ','], 'it names none: write it as user@'],
    ['k6', ['--k6-hosts', 'me@a,me@a'], 'a host is named twice'],
    ['k6', ['--k6-hosts', 'nobody'], '"nobody" is not a host'],
    ['native', ['--upstream-host', 'me@127.0.0.2'], 'that is this machine'],
    ['native', ['--upstream-host', 'me@localhost'], 'that is this machine'],
    ['native', ['--upstream-host', 'me@[::1]'], 'that is this machine'],
  ])('with engine %s, %j is refused', (engine, argv, message) => {
    expect(() => hosts(engine, ...argv)).toThrow(message);
  });
});
