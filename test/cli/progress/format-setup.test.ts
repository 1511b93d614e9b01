import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import type { SetupRow } from '../../../src/app/setup/install-all.js';
import { setupTable } from '../../../src/cli/progress/format-setup.js';
import type { InstallReceipt } from '../../../src/model/install-method.js';

const receipt: InstallReceipt = {
  schemaVersion: 2,
  gateway: 'ferro',
  version: '1.0.0',
  reportedVersion: 'v1.0.0',
  reportedBy: 'ferrogw version',
  method: 'go',
  pinnedBy: 'go.sum h1:…',
  entry: '/installs/ferro/ferrogw',
  installedAt: '2026-01-01T00:00:00.000Z',
  seconds: 12.34,
  services: {},
  recipeSha256: '0'.repeat(64),
};

const INSTALLED: SetupRow = {
  label: 'ferro',
  version: '1.0.0',
  result: {
    outcome: 'installed',
    receipt,
    folder: '/installs/ferro',
    failures: [],
  },
  fallbackFor: null,
};
const FAILED: SetupRow = {
  label: 'kong',
  version: '3.9.1',
  result: {
    outcome: 'failed',
    failures: [{ method: 'apt', reason: 'no repository\nof that name', hint: '' }],
    hint: 'try\nagain',
  },
  fallbackFor: null,
};

/** The words of each line, without the table's frame. */
function words(rows: SetupRow[]): string[] {
  const lines = stripVTControlCharacters(setupTable(rows))
    .replace(/[─│┌┬┐├┼┤└┴┘]/g, ' ')
    .split('\n');
  return lines.map((line) => line.replace(/ +/g, ' ').trimEnd()).filter((line) => line !== '');
}

it('says where nothing has to be installed', () => expect(setupTable([])).toBe('nothing has to be installed'));

it('has a row for each, with what it reports of itself and how long it took', () => {
  expect(words([INSTALLED])).toEqual([
    ' name version reported by method seconds',
    ' ferro v1.0.0 ferrogw version go 12.3',
  ]);
});

it('tells what was installed before, and what stands in for another', () => {
  const { result } = INSTALLED;
  if (result.outcome !== 'installed') throw new Error('not installed');
  const before: SetupRow = {
    ...INSTALLED,
    label: 'ferro:1.4',
    fallbackFor: 'ferro',
    result: { ...result, outcome: 'already' },
  };
  expect(words([before]).slice(1)).toEqual([
    ' ferro:1.4 v1.0.0 ferrogw version go installed before',
    ' fallback for ferro',
  ]);
});

it('gives the reason of each method that failed below the table, and what to do', () => {
  expect(words([INSTALLED, FAILED]).slice(1)).toEqual([
    ' ferro v1.0.0 ferrogw version go 12.3',
    ' kong 3.9.1: not installed, see below',
    'kong 3.9.1 is not installed:',
    ' apt: no repository',
    ' of that name',
    ' → try',
    ' → again',
  ]);
});
