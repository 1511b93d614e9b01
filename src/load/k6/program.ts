import type { ToolQuery } from '../../store/tool-program.js';

/** k6 on this machine, and how its version is told. */
export const K6_QUERY: ToolQuery = {
  name: 'k6',
  versionArgs: ['version'],
  // It calls itself by its file's name: "k6-nightly v1.8.1 (go1.26.8, linux/amd64)".
  versionPattern: /^\S+ v(\d+\.\d+\.\d+)/m,
};
