import type { ToolQuery } from '../external/tool-program.js';

/** k6 on this machine, and how its version is told. */
export const K6_QUERY: ToolQuery = {
  name: 'k6',
  versionArgs: ['version'],
  versionPattern: /k6(?:\.\w+)? v(\d+\.\d+\.\d+)/,
};
