import { describe, expect, it } from 'vitest';
import { apt } from '../../src/install/apt.js';
import { isRoot, readLinuxDistribution } from '../../src/install/host-system.js';
import { contextFor, onlyMethod, tinyGateway } from './support.js';

const REPOSITORY = {
  name: 'tiny',
  uri: 'http://127.0.0.1:1/deb/{id}',
  suite: '{codename}',
  components: ['main'],
  keyUrl: 'http://127.0.0.1:1/key',
  architectures: ['amd64', 'arm64'],
  codenames: ['bookworm'],
};

async function install(repository: object) {
  const method = {
    method: 'apt',
    packages: ['tiny=1.0.0'],
    program: '/usr/bin/tiny',
    repository: { ...REPOSITORY, ...repository },
  };
  const gateway = tinyGateway('/nowhere', [method]);
  const context = await contextFor(gateway);
  return { context, attempt: apt.install(onlyMethod(gateway, 'apt'), context) };
}

/** No test installs a system package: these are what comes before that. */
describe('apt', () => {
  it('refuses a system that the repository has no packages for, naming those that it has', async () => {
    const { attempt, context } = await install({ codenames: ['warty'] });
    await expect(attempt).rejects.toThrow(/^tiny has packages for warty on amd64, arm64, but this is /);
    expect(context.lines).toEqual([]);
  });

  it('needs root, and then the key', async () => {
    const codename = (await readLinuxDistribution())?.codename ?? 'none';
    const { attempt } = await install({ codenames: [codename] });
    const expected = isRoot() ? /^can.t fetch http:\/\/127\.0\.0\.1:1\/key: / : /needs root/;
    await expect(attempt).rejects.toThrow(codename === 'none' ? /and this is/ : expected);
  });
});
