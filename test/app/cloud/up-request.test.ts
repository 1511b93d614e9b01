import { describe, expect, it } from 'vitest';
import { checkVariables, resolveUp } from '../../../src/app/cloud/up-request.js';
import type { CloudState } from '../../../src/model/cloud.js';

const request = { name: 'bench', variables: {}, keep: false };
const earlier: CloudState = {
  schemaVersion: 2,
  name: 'bench',
  provider: 'gcp',
  createdAt: '2026-05-04T10:00:00.000Z',
  step: 'applied',
  settings: { variables: { project: 'p', spot: true }, topology: 'split', loadCount: 2, sshTimeoutS: 60 },
  resources: [],
  endsAt: null,
  outputs: null,
  identityFile: '/home/me/key',
  ownKey: true,
  ownsHosts: true,
  asRoot: true,
  remoteDir: 'there',
  benchKey: null,
  unfetched: false,
};

describe('what is asked for', () => {
  it('has defaults', () => {
    expect(resolveUp(request, null)).toEqual({
      ...{ name: 'bench', keep: false, provider: 'gcp', settings: { variables: {} }, topology: 'single', loadCount: 1 },
      ...{ identityFile: null, remoteDir: 'gatebench-bench', asRoot: false, prepareHosts: false },
      ...{ acceptHostKeys: false, sshTimeoutS: 300 },
    });
  });

  it('is what was asked for before, where the environment is resumed, but for what is said now', () => {
    const resumed = resolveUp({ ...request, variables: { spot: false }, loadCount: 3 }, earlier);
    expect(resumed).toMatchObject({
      ...{ provider: 'gcp', topology: 'split', loadCount: 3, identityFile: '/home/me/key', remoteDir: 'there' },
      ...{ asRoot: true, sshTimeoutS: 60 },
    });
    expect(resumed.settings.variables).toEqual({ project: 'p', spot: false });
  });

  it.each([
    ['0.0.0.0/0', /too many addresses: \/16/],
    ['0.0.0.0/00', /\/00 is not a length/],
    ['203.0.113.0/8', /too many addresses/],
    ['203.0.113.7', /not a block/],
    ['203.0.113.7/33', /not a length/],
    ['203.0.113.7/24/8', /not a block/],
    ['2001:db8::/16', /\/32 is the largest/],
    ['::/0', /too many/],
    ['fe80::1%eth0/128', /not a block/],
    ['all', /not a block/],
  ])('ssh from %s is refused', (allowFrom, message) => {
    expect(() => resolveUp({ ...request, allowFrom }, null)).toThrow(message);
  });

  it.each(['203.0.113.7/32', '203.0.0.0/16', '2001:db8::/32'])('ssh from %s is not', (allowFrom) => {
    expect(resolveUp({ ...request, allowFrom }, null).settings.allowFrom).toBe(allowFrom);
  });
});

describe('variables', () => {
  const provider = {
    name: 'gcp',
    inputs: ['name', 'topology', 'load_count', 'allowed_cidr', 'ssh_public_key'] as const,
    requires: [{ variable: 'project', hint: 'name the project' }],
  };
  const known = ['project', 'spot', 'max_run_hours', ...provider.inputs];
  const check = (variables: Record<string, unknown>) => () =>
    checkVariables({ ...provider, inputs: [...provider.inputs] }, known, { project: 'p', ...variables });

  it.each([
    ['topology', 'split', /--var topology can't be given/, /--topology/],
    ['load_count', 2, /load_count can't be given/, /--load-count/],
    ['name', 'x', /name can't be given/, /--name/],
    ['allowed_cidr', 'x', /can't be given/, /--allow-from/],
    ['ssh_public_key', 'x', /can't be given/, /leave it out/],
    ['max_hours', 2, /no variable max_hours/, /did you mean max_run_hours\? There are: project, spot, max_run_hours$/],
    ['spot', null, /says nothing/, /default/],
  ])('%s=%j is refused, with what to give instead', (name, value, message, hint) => {
    expect(check({ [name]: value })).toThrow(message);
    expect(check({ [name]: value })).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(hint), exitCode: 2 }),
    );
  });

  it('that the module has and nobody else sets pass, and those that it needs are asked for', () => {
    expect(check({ spot: true })).not.toThrow();
    expect(() => checkVariables({ ...provider, inputs: [] }, known, {})).toThrow(/needs the variable project/);
  });
});
