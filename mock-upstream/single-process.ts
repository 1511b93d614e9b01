import type { Options } from './options.js';
import type { RunningMock } from './running-mock.js';
import { listen, newMockServer } from './server.js';
import { ProcessStats } from './stats.js';

/** Serve from this process alone. */
export async function runSingleProcess(options: Options): Promise<RunningMock> {
  const stats = new ProcessStats();
  const server = newMockServer(options, stats, {
    collect: async () => [stats.part()],
    reset: async () => stats.reset(),
  });
  const port = await listen(server, options);
  return {
    port,
    pids: [process.pid],
    requestsEver: async () => stats.requestsEver,
    stop: async () => {},
  };
}
