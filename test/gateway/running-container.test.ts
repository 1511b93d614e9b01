import { expect, it } from 'vitest';
import { parseExit } from '../../src/gateway/running-container.js';

const ENDED = { Running: false, Pid: 0, ExitCode: 0, OOMKilled: false, Error: '' };

it('keeps an exit code', () => {
  expect(parseExit('docker', ENDED)).toEqual({ exitCode: 0, signal: null });
  expect(parseExit('docker', { ...ENDED, ExitCode: 3 })).toEqual({ exitCode: 3, signal: null });
  // As a shell says that it did not find a program: below 128 + the first signal.
  expect(parseExit('docker', { ...ENDED, ExitCode: 127 })).toEqual({ exitCode: 127, signal: null });
});

it('reads a signal out of 128 + its number, and says what it was told', () => {
  expect(parseExit('docker', { ...ENDED, ExitCode: 137 })).toEqual({
    exitCode: null,
    signal: 'SIGKILL',
    evidence: 'docker reports exit code 137',
  });
  expect(parseExit('podman', { ...ENDED, ExitCode: 139 })).toMatchObject({ signal: 'SIGSEGV' });
});

it('says first that memory ran out, and what the engine complained of', () => {
  const { evidence } = parseExit('docker', { ...ENDED, ExitCode: 137, OOMKilled: true, Error: 'broken' });
  expect(evidence).toMatch(/^out of memory.*; docker reports exit code 137; docker says: broken$/);
});
