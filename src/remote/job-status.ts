/** How a job on a host stands, as `remote-programs/job.sh status` tells. */
export type JobState =
  | { kind: 'none' }
  | { kind: 'running' }
  | { kind: 'exited'; code: number }
  /** Its process is gone without having noted its end: killed, or the host went down. */
  | { kind: 'lost' };

export interface JobStatus {
  state: JobState;
  logBytes: number;
  /** Free space where the job's folder is; null where the host doesn't say. */
  freeBytes: number | null;
}

/** @throws Error for what job.sh never prints */
export function parseJobStatus(text: string): JobStatus {
  const fields = new Map(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()] as const),
  );
  const freeKib = fields.get('freeKib');
  return {
    state: stateOf(fields.get('state') ?? '', fields.get('code') ?? ''),
    logBytes: Number(fields.get('logBytes') || 0),
    freeBytes: freeKib === undefined || freeKib === '' ? null : Number(freeKib) * 1024,
  };
}

function stateOf(state: string, code: string): JobState {
  switch (state) {
    case 'none':
    case 'running':
    case 'lost':
      return { kind: state };
    case 'exited':
      if (/^\d+$/.test(code)) return { kind: 'exited', code: Number(code) };
  }
  throw new Error(`job.sh told of the state "${state} ${code}", which there is not`);
}
