import { PassThrough } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { rateLine, watchHeartbeat } from '../../mock-upstream/lifecycle.js';
import { runMock } from './started-mock.js';

describe('watchHeartbeat', () => {
  const watched = () => {
    vi.useFakeTimers();
    const [input, onSilence] = [new PassThrough(), vi.fn()];
    watchHeartbeat(input, 30_000, onSilence);
    return { input, onSilence };
  };

  test('hears whoever speaks in time, and calls once when nobody does', async () => {
    const { input, onSilence } = watched();
    try {
      for (let beat = 0; beat < 5; beat++) {
        await vi.advanceTimersByTimeAsync(29_000);
        input.write('\n');
        await vi.advanceTimersByTimeAsync(1);
      }
      expect(onSilence).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(30_000);
      expect(onSilence).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(90_000);
      expect(onSilence).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test('calls at once when the input ends', async () => {
    const { input, onSilence } = watched();
    try {
      input.end();
      await vi.advanceTimersByTimeAsync(1);
      expect(onSilence).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('--heartbeat-s', () => {
  test.each(['1', '2'])('ends the mock with its stdin, with %s process(es)', async (processes) => {
    const started = runMock('--port', '0', '--processes', processes, '--heartbeat-s', '60', '--quiet');
    await started.lines(1);
    started.program.stdin.end();
    expect((await started.program).exitCode).toBe(0);
  });

  test('ends a mock that hears nothing', async () => {
    const started = runMock('--port', '0', '--heartbeat-s', '1', '--quiet');
    await started.lines(1);
    expect((await started.program).exitCode).toBe(0);
  });

  test('is off unless asked for: a mock lives on without a stdin', async () => {
    const started = runMock('--port', '0', '--quiet');
    await started.lines(1);
    started.program.stdin.end();
    const first = await Promise.race([started.program, new Promise((resolve) => setTimeout(resolve, 500, 'lives'))]);
    expect(first).toBe('lives');
    started.program.kill('SIGTERM');
    expect((await started.program).exitCode).toBe(0);
  });
});

test('the request rate is over the time that has really passed', () => {
  expect(rateLine(4150, 5000, 9000)).toBe('request rate: 830.0 RPS (total: 9000)');
  expect(rateLine(1, 8000, 1)).toBe('request rate: 0.1 RPS (total: 1)');
});
