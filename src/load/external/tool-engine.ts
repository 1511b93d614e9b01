import { findToolProgram, type ToolProgram, type ToolQuery } from '../../store/tool-program.js';
import type { Engine, LoadProgress, LoadRun, LoadSpec } from '../engine.js';

/** An engine around a program that may or may not be on this machine. It is looked for once, and only when needed. */
export function toolEngine(
  query: ToolQuery,
  start: (program: ToolProgram, spec: LoadSpec, onProgress: (progress: LoadProgress) => void) => LoadRun,
  find: (query: ToolQuery) => ToolProgram | null = findToolProgram,
  abilities: Pick<Engine, 'refusal' | 'tls'> = {},
): Engine {
  let found: ToolProgram | null | undefined;
  const program = () => {
    found ??= find(query);
    return found;
  };
  return {
    name: query.name,
    ...abilities,
    get version() {
      return program()?.version ?? 'not installed';
    },
    unavailable: async () =>
      program() === null ? { reason: `${query.name} is not installed`, hint: `gatebench setup ${query.name}` } : null,
    start: async (spec, onProgress) => {
      const present = program();
      if (present === null) throw new Error(`${query.name} was started although it is not installed`);
      return start(present, spec, onProgress);
    },
  };
}
