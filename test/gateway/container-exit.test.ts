import { expect, it } from 'vitest';
import { exitOf } from '../../src/gateway/container-exit.js';

const ENDED = { Running: false, Pid: 0, ExitCode: 0, OOMKilled: false, Error: '' };

it('keeps an exit code', () => {
  expect(exitOf('docker', ENDED)).toEqual({ exitCode: 0, signal: null });
  expect(exitOf('docker', { ...ENDED, ExitCode: 3 })).toEqual({ exitCode: 3, signal: null });
  // As a shell says that it did not find a program: below 128 + the first signal.
  expect(exitOf('docker', { ...ENDED, ExitCode: 127 })).toEqual({ exitCode: 127, signal: null });
});

it('reads a signal out of 128 + its number, and says what it was told', () => {
  expect(exitOf('docker', { ...ENDED, ExitCode: 137 })).toEqual({
    exitCode: null,
    signal: 'SIGKILL',
    evidence: 'docker tells exit code 137',
  });
  expect(exitOf('podman', { ...ENDED, ExitCode: 139 })).toMatchObject({ signal: 'SIGSEGV' });
});

it('says first that memory ran out, and what the engine complained of', () => {
  const { evidence } = exitOf('docker', { ...ENDED, ExitCode: 137, OOMKilled: true, Error: 'broken' });
  expect(evidence).toMatch(/^out of memory.*; docker tells exit code 137; docker says: broken$/);
});
