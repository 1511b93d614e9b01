import { findToolProgram, type ToolProgram } from '../../store/tool-program.js';

const QUERY = { name: 'py-spy', versionArgs: ['--version'], versionPattern: /py-spy (\S+)/ };

/** The py-spy that `gatebench setup py-spy` installed there, else the one in PATH; null if there is none. */
export function findPySpy(toolInstalls?: string): ToolProgram | null {
  return findToolProgram(QUERY, toolInstalls);
}
