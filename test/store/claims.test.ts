import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readClaims } from '../../src/store/claims.js';
import { claimOf, claimsOf } from '../support/claims.js';

let results: string;
beforeEach(async () => {
  results = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  await mkdir(join(results, 'published'));
});
afterEach(() => rm(results, { recursive: true, force: true }));

const write = (name: string, value: unknown) => writeFile(join(results, 'published', name), JSON.stringify(value));

describe('readClaims', () => {
  it('reads every file as one', async () => {
    await write('a.json', claimsOf([claimOf()]));
    await write('b.json', claimsOf([claimOf({ source: 'post' })]));
    await writeFile(join(results, 'published', 'README.md'), 'words');
    const claims = await readClaims(results);
    expect(Object.keys(claims.sources)).toEqual(['article', 'post']);
    expect(claims.claims).toHaveLength(2);
  });

  it('refuses a source that two files name', async () => {
    await write('a.json', claimsOf([claimOf()]));
    await write('b.json', claimsOf([claimOf()]));
    await expect(readClaims(results)).rejects.toThrow(/b\.json: the source article is another file's too/);
  });

  it('refuses a claim whose source no file describes', async () => {
    await write('a.json', { ...claimsOf([claimOf()]), sources: {} });
    await expect(readClaims(results)).rejects.toThrow(
      /a claim about ferro has the source article, which no file describes/,
    );
  });

  it('says where a file is not valid', async () => {
    await write('a.json', claimsOf([claimOf({ readAs: { vus: 1, upstreamLatencyMs: 0 } })]));
    await expect(readClaims(results)).rejects.toThrow(/a\.json is not valid: claims\.0: readAs is for an unknown load/);
  });
});
