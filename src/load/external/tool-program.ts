import { findToolProgram, type ToolProgram, type ToolQuery } from '../../lib/tool-program.js';
import { InstallReceipt } from '../../model/install-method.js';

export type { ToolProgram, ToolQuery } from '../../lib/tool-program.js';

/** The load generator on this machine, see {@link findToolProgram}; null where there is none. */
export function findTool(query: ToolQuery, toolInstalls?: string): ToolProgram | null {
  return findToolProgram(query, (document) => InstallReceipt.parse(document), toolInstalls);
}
