import { findToolProgram, type ToolProgram } from '../../store/tool-program.js';

const QUERY = { name: 'py-spy', versionArgs: ['--version'], versionPattern: /py-spy (\S+)/ };

/** What `gatebench setup py-spy` installed there, else what is in PATH; null where there is none. */
export function findPySpy(toolInstalls?: string): ToolProgram | null {
  return findToolProgram(QUERY, toolInstalls);
}
