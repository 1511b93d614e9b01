import { fillTemplate } from '../lib/placeholders.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';

/** A gateway's environment with what its profiler adds. Node reads one NODE_OPTIONS: both parts go into it. */
export function launchEnvironment(
  own: Readonly<Record<string, string>>,
  { environment }: LaunchOverrides,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const added = Object.fromEntries(
    Object.entries(environment).map(([key, value]) => [key, fillTemplate(value, values)]),
  );
  const nodeOptions = [own.NODE_OPTIONS, added.NODE_OPTIONS].filter(Boolean).join(' ');
  return { ...own, ...added, ...(nodeOptions === '' ? {} : { NODE_OPTIONS: nodeOptions }) };
}
