import { ExpectedError, UsageError } from '../../lib/errors.js';
import { realtimeProblem } from '../../lib/realtime.js';
import type { LoadPriority, Placement } from '../../model/run.js';
import { chooseLoadPriority } from '../../plan/load-priority.js';
import type { RunRequest } from './run-request.js';

/** Resolve `--load-priority` on this machine. @throws UsageError for a priority that can't be had */
export async function loadPriorityFor(
  request: RunRequest['loadPriority'],
  placement: Placement,
  upstreamHost: string | null,
): Promise<LoadPriority> {
  const choice = await chooseLoadPriority(request, {
    placement,
    remoteUpstream: upstreamHost !== null,
    problem: realtimeProblem,
  });
  if ('loadPriority' in choice) return choice.loadPriority;
  throw new UsageError(
    `--load-priority ${request} is not possible: ${choice.problem}`,
    'leave it out, or run gatebench as root or with CAP_SYS_NICE',
  );
}

/** @throws ExpectedError if this machine doesn't grant what the run was planned with; it may be resumed on another one */
export async function requireLoadPriority(priority: LoadPriority): Promise<void> {
  if (priority.kind === 'normal') return;
  const problem = await realtimeProblem();
  if (problem === null) return;
  throw new ExpectedError(
    `the run was planned with real-time priority for the mock upstream, which is not possible now: ${problem}`,
    'resume it as root or with CAP_SYS_NICE, or start another run',
  );
}
