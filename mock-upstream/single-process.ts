import { DelayRecord, startRecordFile } from './delay-record.js';
import type { Options } from './options.js';
import type { RunningMock } from './running-mock.js';
import { listen, newMockServer } from './server.js';
import { ProcessStats } from './stats.js';

/**
 * Serve from this process alone.
 * @throws ListenFailure, RecordFailure
 */
export async function runSingleProcess(options: Options): Promise<RunningMock> {
  const stats = new ProcessStats();
  if (options.recordFile !== null) startRecordFile(options.recordFile);
  const record = options.recordFile === null ? null : new DelayRecord(options.recordFile);
  const source = { collect: async () => [stats.part()], reset: async () => stats.reset() };
  const server = newMockServer(options, { index: 0, stats, source, record });
  const port = await listen(server, options);
  return {
    port,
    pids: [process.pid],
    requestsEver: async () => stats.requestsEver,
    stop: async () => record?.flush(),
  };
}
