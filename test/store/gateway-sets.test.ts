import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { expandSets, labelsByDefault, readGatewaySets, strayMembers } from '../../src/store/gateway-sets.js';
import { readGateways } from '../../src/store/gateways.js';
import { fakeManifest } from '../support/fake-gateway.js';

const folder = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let port = 18_100;

/** A folder of gateways, with a file of sets where one is given. */
function gatewaysFolder(name: string, gateways: readonly string[], sets?: unknown): string {
  const root = join(folder, name);
  for (const gateway of gateways) {
    mkdirSync(join(root, gateway), { recursive: true });
    writeFileSync(join(root, gateway, 'gateway.yaml'), stringify(fakeManifest(gateway, port++, 'ok')));
  }
  if (sets !== undefined) writeFileSync(join(root, 'sets.yaml'), stringify(sets));
  return root;
}

async function read(...roots: string[]) {
  const gateways = await readGateways(roots);
  return { gateways, sets: await readGatewaySets(roots, gateways) };
}

const SETS = {
  schemaVersion: 1,
  default: 'few',
  sets: {
    few: { title: 'A few', gateways: ['b', 'a'] },
    rare: { title: 'Rare ones', gateways: ['c'] },
  },
};
const shipped = gatewaysFolder('shipped', ['a', 'b', 'c'], SETS);

describe('a set', () => {
  it('stands for its gateways, each once and in its order', async () => {
    const { sets } = await read(shipped);
    expect(expandSets(['c', '@few', 'a', '@rare'], sets)).toEqual(['c', 'b', 'a']);
  });

  it('is there without being defined: @all', async () => {
    const { sets } = await read(shipped);
    expect(expandSets(['@all'], sets)).toEqual(['a', 'b', 'c']);
  });

  it('that there is not is refused, with those that there are', async () => {
    const { sets } = await read(shipped);
    expect(() => expandSets(['@fewe'], sets)).toThrow(
      expect.objectContaining({
        message: 'unknown set of gateways "@fewe"',
        hint: 'did you mean @few? There are: @few, @rare, @all',
      }),
    );
  });

  it('of a nearer folder counts instead of one with its name', async () => {
    const own = gatewaysFolder('own', ['mine'], {
      schemaVersion: 1,
      sets: { rare: { title: 'Mine', gateways: ['mine', 'a'] } },
    });
    const { sets } = await read(own, shipped);
    expect(expandSets(['@rare'], sets)).toEqual(['mine', 'a']);
  });
});

describe('what is meant where no gateway is named', () => {
  it('is the default set', async () => {
    const { sets, gateways } = await read(shipped);
    expect(labelsByDefault(sets, gateways)).toEqual(['b', 'a']);
  });

  it('is that and every gateway of a nearer folder', async () => {
    const { sets, gateways } = await read(gatewaysFolder('beside', ['new', 'a']), shipped);
    expect(labelsByDefault(sets, gateways)).toEqual(['b', 'a', 'new']);
  });

  it('is every gateway of a folder without sets', async () => {
    const { sets, gateways } = await read(gatewaysFolder('plain', ['x', 'y']));
    expect(labelsByDefault(sets, gateways)).toEqual(['x', 'y']);
  });
});

describe('a file of sets', () => {
  it.each([
    ['an unknown default', { ...SETS, default: 'none' }, /sets\.yaml:\d+: default: a set of this file/],
    ['@all', { ...SETS, sets: { ...SETS.sets, all: { title: 'x', gateways: ['a'] } } }, /"all" is every gateway/],
    ['one gateway twice', { ...SETS, sets: { few: { title: 'x', gateways: ['a', 'a'] } } }, /each gateway once/],
    ['no gateway', { ...SETS, sets: { few: { title: 'x', gateways: [] } } }, /sets\.few\.gateways/],
    ['a set within a set', { ...SETS, sets: { few: { title: 'x', gateways: ['@rare'] } } }, /a gateway: its name/],
  ])('with %s is refused, with its line', async (_, sets, message) => {
    const root = gatewaysFolder('wrong', ['a'], sets);
    await expect(read(root)).rejects.toThrow(message);
  });

  it('names members that are no gateways', async () => {
    const sets = { ...SETS, sets: { few: { title: 'x', gateways: ['a', 'gone', 'a:nope'] } } };
    const { sets: found, gateways } = await read(gatewaysFolder('stray', ['a'], sets));
    expect(strayMembers(found, gateways).map(({ label, index }) => [label, index])).toEqual([
      ['gone', 1],
      ['a:nope', 2],
    ]);
  });
});
