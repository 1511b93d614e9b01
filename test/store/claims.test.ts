import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readClaims } from '../../src/store/claims.js';
import { claimOf, claimsOf } from '../support/claims.js';

let published: string;
beforeEach(async () => {
  published = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
});
afterEach(() => rm(published, { recursive: true, force: true }));

const write = (name: string, value: unknown) => writeFile(join(published, name), JSON.stringify(value));

describe('readClaims', () => {
  it('reads every file as one', async () => {
    await write('a.json', claimsOf([claimOf()]));
    await write('b.json', claimsOf([claimOf({ source: 'post' })]));
    await writeFile(join(published, 'README.md'), 'words');
    const claims = await readClaims({ published });
    expect(Object.keys(claims.sources)).toEqual(['article', 'post']);
    expect(claims.claims).toHaveLength(2);
  });

  it('refuses a source that two files name', async () => {
    await write('a.json', claimsOf([claimOf()]));
    await write('b.json', claimsOf([claimOf()]));
    await expect(readClaims({ published })).rejects.toThrow(/b\.json: the source article is another file's too/);
  });

  it('refuses a claim whose source no file describes', async () => {
    await write('a.json', { ...claimsOf([claimOf()]), sources: {} });
    await expect(readClaims({ published })).rejects.toThrow(
      /a claim about ferro has the source article, which no file describes/,
    );
  });

  it('says where a file is not valid', async () => {
    await write('a.json', claimsOf([claimOf({ readAs: { vus: 1, upstreamLatencyMs: 0 } })]));
    await expect(readClaims({ published })).rejects.toThrow(
      /a\.json is not valid: claims\.0: readAs is for an unknown load/,
    );
  });
});
