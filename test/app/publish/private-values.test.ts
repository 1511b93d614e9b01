import { expect, it } from 'vitest';
import { privateValues } from '../../../src/app/publish/private-values.js';
import type { Run } from '../../../src/model/run.js';
import { runOf } from '../../support/record-builder.js';

const NOBODY = { hostname: 'laptop', user: null, environment: {} };

function runOn(hostname: string, facts: Partial<Run> = {}) {
  return { run: runOf([], { machine: { ...runOf([]).machine, hostname }, ...facts }), records: [] };
}

it('numbers machines in the order in which runs name them, the same name always the same', () => {
  const { values, aliasOf } = privateValues([runOn('quiet-1.lab'), runOn('bench'), runOn('quiet-1.lab')], NOBODY);
  expect([aliasOf('quiet-1.lab'), aliasOf('bench'), aliasOf('laptop')]).toEqual([
    'machine-1',
    'machine-2',
    'machine-3',
  ]);
  // "bench" is a word of every report: it is taken out of the fields that hold it.
  expect([...values.hosts]).toEqual([
    ['quiet-1.lab', 'machine-1'],
    ['quiet-1', 'machine-1'],
    ['laptop', 'machine-3'],
  ]);
});

it('knows users by ssh names, home folders and the environment', () => {
  const settings = {
    gatewaysDir: '/home/carol/gateways',
    ownGatewaysDir: '/home/heidi/work/gateways',
    installDir: null,
    toolsDir: null,
    mockPort: 9000,
    identityFile: '/Users/dave/.ssh/id',
    retryInvalid: null,
  };
  const engine = {
    name: 'k6',
    version: '1',
    remote: { hosts: ['erin@192.0.2.7:2222', 'root@load-2'], gatewayAddress: '10.0.0.1', program: null },
  };
  const { values, aliasOf } = privateValues([runOn('a-host', { settings, engine })], {
    ...NOBODY,
    user: 'root',
    environment: { USER: 'frank', HOME: '/home/grace' },
  });
  expect([...values.users].sort()).toEqual(['carol', 'dave', 'erin', 'frank', 'grace', 'heidi']);
  expect(aliasOf('erin@192.0.2.7:2222')).toBe('machine-2');
  expect(values.hosts.get('192.0.2.7')).toBe('machine-2');
  expect(values.hosts.has('192')).toBe(false);
});

it('takes secrets from the environment, and nothing that reports are full of', () => {
  const { values } = privateValues([], {
    ...NOBODY,
    environment: {
      MY_TOKEN: 'shorty',
      SESSION: '123456',
      DEPLOYMENT: 'blue-7-of-a-long-name',
      GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
      npm_config_user_agent: 'npm/10.8.2-of-node-20',
      LANG: 'en_US.UTF-8',
      SOME_FOLDER: '/home/x/a-long-name-7',
    },
  });
  expect([...values.secrets].sort()).toEqual(['blue-7-of-a-long-name', 'shorty']);
});
