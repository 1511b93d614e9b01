import cluster from 'node:cluster';
import { runClusterPrimary } from './cluster-primary.js';
import { runClusterWorker } from './cluster-worker.js';
import { ConfigFailure, withConfigFile } from './config-file.js';
import { RecordFailure } from './delay-record.js';
import { type ParsedFlags, parseFlags } from './flags.js';
import { announce, printRates, watchHeartbeat } from './lifecycle.js';
import type { Options } from './options.js';
import { HELP } from './options.js';
import { ListenFailure, runSingleProcess } from './server.js';
import { readTls, TlsFailure } from './tls.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(argv: readonly string[]): Promise<void> {
  // A reader of the rate lines that goes away is no reason to fall over.
  process.stdout.on('error', () => {});
  const parsed = await readFlags(argv);
  switch (parsed.kind) {
    case 'help':
      process.stdout.write(HELP, (error) => {
        if (error && 'code' in error && error.code !== 'EPIPE') process.exitCode = EXIT_FAILED;
      });
      return;
    case 'error':
      process.stderr.write(`mock upstream: ${parsed.message}\nRun it with --help for its flags.\n`);
      process.exitCode = EXIT_USAGE;
      return;
    case 'options':
      return cluster.isWorker ? runClusterWorker(parsed.options) : serve(parsed.options);
  }
}

async function readFlags(argv: readonly string[]): Promise<ParsedFlags> {
  try {
    const parsed = parseFlags(await withConfigFile(argv));
    // Said here, once, and not by each process.
    if (parsed.kind === 'options') readTls(parsed.options);
    return parsed;
  } catch (error) {
    if (!(error instanceof ConfigFailure || error instanceof TlsFailure)) throw error;
    return { kind: 'error', message: error.message };
  }
}

async function serve(options: Options): Promise<void> {
  try {
    const mock = await (options.processes > 1 ? runClusterPrimary(options) : runSingleProcess(options));
    const end = (): void => void mock.stop().then(() => process.exit(0));
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
    process.on('disconnect', end);
    if (options.heartbeatS !== null) watchHeartbeat(process.stdin, options.heartbeatS * 1000, end);
    announce(mock, options);
    if (!options.quiet) printRates(mock);
  } catch (error) {
    if (!(error instanceof ListenFailure || error instanceof RecordFailure)) throw error;
    process.stderr.write(`mock upstream: ${error.message}\n`);
    process.exitCode = EXIT_FAILED;
    process.disconnect?.();
  }
}

await main(process.argv.slice(2));
