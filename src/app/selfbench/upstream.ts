import { isChatCompletion } from '../../lib/chat-response.js';
import { startChild } from '../../lib/child.js';
import { ExpectedError } from '../../lib/errors.js';
import { httpRequest } from '../../lib/http.js';
import { requireFreePort } from '../../lib/port-check.js';
import { definedEnvironment } from '../../lib/process-environment.js';
import { waitUntil } from '../../lib/sleep.js';
import type { UpstreamKind } from './trials.js';

export interface ChatRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** The one request that every engine sends: that of the published scenario. */
export const SELFBENCH_REQUEST: ChatRequest = {
  path: '/v1/chat/completions',
  headers: { 'content-type': 'application/json', accept: 'application/json' },
  body: JSON.stringify({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'Say hello in five words.' }],
    max_tokens: 50,
  }),
};

export interface UpstreamStart {
  port: number;
  /** As the mock takes it. */
  latency: string;
  processes: number;
  /** Where the mock writes every true delay. */
  recordFile: string | null;
  /** A folder of its own. */
  workDir: string;
}

/** An upstream that can be started, and how. */
export interface UpstreamProgram {
  readonly kind: UpstreamKind;
  readonly title: string;
  readonly version: string;
  /** Write the files that it needs into the folder. @returns how to start it there */
  prepare(start: UpstreamStart): Promise<{ command: string; args: string[]; ipc?: boolean }>;
  readonly stopSignal: NodeJS.Signals;
}

export interface RunningUpstream {
  readonly origin: string;
  pids(): number[];
  /** Resolves with the end of its log when it ends, which it must not do before {@link stop}. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;
const STOP_GRACE_MS = 3_000;

/**
 * Start an upstream and check one response.
 * @throws ExpectedError where its port is taken, it doesn't come up, or its response is no chat completion
 */
export async function startUpstream(
  program: UpstreamProgram,
  start: UpstreamStart,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<RunningUpstream> {
  requireFreePort(start.port, program.title);
  const { command, args, ipc = false } = await program.prepare(start);
  const child = await startChild({
    command,
    args,
    cwd: start.workDir,
    environment: definedEnvironment(),
    logFile: `${start.workDir}/upstream.log`,
    ipc,
  });
  const origin = `http://127.0.0.1:${start.port}`;
  const tail = async () => (await child.logTail(3)).join(' | ') || 'its log is empty';
  const stop = () => child.stop({ signal: program.stopSignal, graceMs: STOP_GRACE_MS }).then(() => undefined);
  try {
    const up = await waitUntil(() => child.exit() !== null || isHealthy(origin), START_TIMEOUT_MS, signal, 20);
    if (!up || child.exit()) {
      throw new ExpectedError(`${program.title} did not come up: ${await tail()}`, 'run it by hand to see more');
    }
    await requireCompletion(program, origin, request, signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin, pids: child.pids, ended: child.exited.then(() => tail()), stop };
}

async function requireCompletion(
  program: UpstreamProgram,
  origin: string,
  { path, headers, body }: ChatRequest,
  signal: AbortSignal,
): Promise<void> {
  const response = await httpRequest(`${origin}${path}`, { method: 'POST', headers, body, timeoutMs: 10_000, signal });
  if (response.status === 200 && isChatCompletion(response.body)) return;
  throw new ExpectedError(
    `${program.title} responded with ${response.status}, not with a chat completion: ${response.body.slice(0, 80)}`,
    'send it a request by hand to see more',
  );
}

async function isHealthy(origin: string): Promise<boolean> {
  try {
    return (await httpRequest(`${origin}/health`, { timeoutMs: 1_000 })).status === 200;
  } catch {
    return false;
  }
}
