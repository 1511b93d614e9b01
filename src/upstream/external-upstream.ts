import type { RunningMock, UpstreamDriver } from './upstream-driver.js';

/** An upstream that isn't gatebench's: nothing is started, and nothing is known of what it was asked. */
export const externalUpstream: UpstreamDriver = {
  async start(): Promise<RunningMock> {
    return {
      external: true,
      // Only a direct run sends anything there, and there is none.
      origin: 'http://external.invalid',
      host: null,
      processes: 0,
      pids: () => [],
      exited: new Promise(() => {}),
      resetStats: async () => {},
      stats: async () => null,
      asked: () => Promise.resolve(null),
      logTail: async () => [],
      stop: async () => {},
    };
  },
};
