import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findToolProgram } from '../../src/store/tool-program.js';
import { cli } from '../support/cli.js';

let folder: string;
let own: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  own = join(folder, 'my-wrk');
  await writeFile(own, '#!/bin/sh\necho "wrk 4.1.0 [epoll] Copyright (C) 2012 Will Glozer"\nexit 1\n');
  await chmod(own, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('setup of a load generator', () => {
  const setup = (version: string) =>
    cli(['setup', 'wrk', '--json'], {
      GATEBENCH_TOOLS_DIR: join(folder, version),
      GATEBENCH_WRK_BIN: own,
    });

  it('installs it by its manifest, where its engine finds it', async () => {
    const { exitCode, stdout, stderr } = await setup('tools');
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { gateway: 'wrk', outcome: 'installed', version: '4.1.0', reportedBy: 'my-wrk -v', method: 'existing' },
    ]);
    const query = { name: 'wrk', versionArgs: ['-v'], versionPattern: /wrk (\S+)/ };
    expect(findToolProgram(query, join(folder, 'tools'))).toEqual({ path: own, version: '4.1.0', environment: {} });
    expect(JSON.parse((await setup('tools')).stdout)).toMatchObject([{ outcome: 'already' }]);
  });

  it('refuses another version than the manifest asks for', async () => {
    await writeFile(own, '#!/bin/sh\necho "wrk 4.2.0 [epoll]"\n');
    const { exitCode, stdout } = await setup('others');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { outcome: 'failed', failures: [{ reason: expect.stringContaining('it reports version 4.2.0') }] },
    ]);
  });
});
