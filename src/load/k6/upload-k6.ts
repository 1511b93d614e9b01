import { readFile } from 'node:fs/promises';
import { ExpectedError } from '../../lib/errors.js';
import { sha256 } from '../../lib/sha256.js';
import type { RemoteShell } from '../../remote/remote-shell.js';
import { type Artifact, artifact, upload } from '../../remote/upload.js';
import { findToolProgram, type ToolProgram, type ToolQuery } from '../../store/tool-program.js';
import { K6_QUERY } from './program.js';

/** What is about to go to a host. */
export interface Sending {
  host: string;
  version: string;
  /** Where it will be there, absolute. */
  path: string;
  /** That go over the wire. */
  bytes: number;
}

const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const ALTERNATIVE = 'install k6 there, and leave out --k6-send';

/**
 * This machine's k6 for hosts that have none.
 * @param signal breaks a transfer off, which leaves nothing there
 * @returns gives the path of k6 on a host, having sent it unless it is there already; throws ExpectedError where that fails
 */
export function uploadK6(
  onSending: (sending: Sending) => void,
  signal: AbortSignal,
  find: (query: ToolQuery) => ToolProgram | null = findToolProgram,
): (shell: RemoteShell) => Promise<string> {
  let own: Promise<{ version: string; k6: Artifact }> | null = null;
  return async (shell) => {
    own ??= ownK6(find(K6_QUERY));
    const { version, k6 } = await own;
    return upload(shell, k6, {
      onSending: (path, bytes) => onSending({ host: shell.label, version, path, bytes }),
      alternative: ALTERNATIVE,
      signal,
    });
  };
}

async function ownK6(program: ToolProgram | null): Promise<{ version: string; k6: Artifact }> {
  if (program === null) {
    throw new ExpectedError('--k6-send sends this machine’s k6, and there is none', 'gatebench setup k6');
  }
  const { path, version, environment } = program;
  const content = await readFile(path);
  if (!content.subarray(0, ELF.length).equals(ELF) || Object.keys(environment).length > 0) {
    throw new ExpectedError(
      `${path} can't be sent: it is no program that runs without other files`,
      'gatebench setup k6',
    );
  }
  const name = `k6-${version}-${sha256(content).slice(0, 12)}`;
  return { version, k6: artifact({ title: 'k6', name, kind: 'program', content }) };
}
