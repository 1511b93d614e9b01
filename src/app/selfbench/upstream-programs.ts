import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compiledProgram, PACKAGE_ROOT } from '../../lib/paths.js';
import type { UpstreamProgram } from './upstream.js';

/** Peers of the mock, kept with the tests. */
export const PEERS_FOLDER = join(PACKAGE_ROOT, 'test', 'peers');
/** Varying delays are the same in every run. */
const SEED = 1;

/** The mock upstream of this harness. */
export function ourMock(version: string): UpstreamProgram {
  return {
    kind: 'mock',
    title: 'the mock upstream',
    version,
    stopSignal: 'SIGTERM',
    prepare: async ({ port, latency, processes, recordFile }) => ({
      command: process.execPath,
      args: [
        compiledProgram('mock-upstream/main'),
        `--port=${port}`,
        `--latency=${latency}`,
        '--stream-chunk-delay-ms=0',
        `--processes=${processes}`,
        ...(recordFile === null ? [] : [`--seed=${SEED}`, `--record=${recordFile}`]),
        '--quiet',
      ],
      // The mock ends when the channel to the harness closes.
      ipc: true,
    }),
  };
}

/** The same contract, as short as it can be in Node: `node:http` and `setTimeout`. */
export function nodeHttpPeer(): UpstreamProgram {
  return {
    kind: 'node-http',
    title: 'node:http with setTimeout',
    version: process.version,
    stopSignal: 'SIGTERM',
    prepare: async ({ port, latency }) => ({
      command: process.execPath,
      args: [join(PEERS_FOLDER, 'node-http-mock.mjs'), '--port', String(port), '--latency', latency],
    }),
  };
}

/** The same contract in Go. @param program built from {@link PEERS_FOLDER} */
export function goPeer(program: string, version: string): UpstreamProgram {
  return {
    kind: 'go',
    title: 'net/http with time.Sleep',
    version,
    stopSignal: 'SIGTERM',
    prepare: async ({ port, latency }) => ({
      command: program,
      args: ['--port', String(port), '--latency', latency, '--stream-chunk-delay-ms', '0'],
    }),
  };
}

/** nginx that returns one constant completion. */
export function nginxPeer(program: string, version: string): UpstreamProgram {
  return {
    kind: 'nginx',
    title: 'constant response',
    version,
    stopSignal: 'SIGQUIT',
    prepare: async ({ port, workDir }) => {
      const template = await readFile(join(PEERS_FOLDER, 'nginx-constant.conf'), 'utf8');
      const file = join(workDir, 'nginx.conf');
      await mkdir(join(workDir, 'logs'), { recursive: true });
      await writeFile(file, template.replaceAll('{work}', workDir).replaceAll('{port}', String(port)));
      // -e: the error log that is used before the configuration is read; the compiled-in one needs root.
      return { command: program, args: ['-e', 'stderr', '-p', workDir, '-c', file] };
    },
  };
}
