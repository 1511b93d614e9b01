import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOwnCa } from '../../../src/app/live/own-ca.js';

describe('certificates of one’s own', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['no certificate', 'nothing here', /has no certificate/],
    [
      'a broken one',
      '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n',
      /has a certificate that can't be read/,
    ],
  ])('are refused with what is wrong: %s', async (name, text, message) => {
    const path = join(folder, name);
    await writeFile(path, text);
    await expect(readOwnCa(path)).rejects.toThrow(message);
  });

  it('are refused where there is no such file', async () => {
    await expect(readOwnCa(join(folder, 'absent.pem'))).rejects.toThrow(/absent\.pem can't be read: ENOENT/);
  });
});
