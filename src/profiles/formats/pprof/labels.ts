import type { Label } from 'pprof-format';
import type { Thread } from '../../../model/profile.js';
import type { Id, Text } from './pprof-frames.js';

/** What profilers call these: perf_data_converter, Datadog's, Pyroscope's, and our own export. Best first. */
const KEYS = {
  comm: ['thread name', 'thread_name', 'thread_comm', 'comm', 'thread'],
  pid: ['pid', 'process_id', 'process id'],
  tid: ['tid', 'thread id', 'thread_id', 'native_thread_id'],
} as const;

/** The thread that a sample's labels name; null if they name none. */
export function threadOf(labels: readonly Label[], text: Text, signed: (value: Id) => number): Thread | null {
  if (labels.length === 0) return null;
  const values = new Map(
    labels.map(({ key, str, num }) => [text(key, 'label'), text(str, 'label') || signed(num)] as const),
  );
  const first = (keys: readonly string[]) => keys.map((key) => values.get(key)).find((value) => value !== undefined);
  const comm = first(KEYS.comm);
  const thread = { comm: comm === undefined ? null : String(comm), pid: id(first(KEYS.pid)), tid: id(first(KEYS.tid)) };
  return thread.comm === null && thread.pid === null && thread.tid === null ? null : thread;
}

function id(value: string | number | undefined): number | null {
  const number = Number(value);
  return value !== undefined && value !== '' && Number.isSafeInteger(number) ? number : null;
}
