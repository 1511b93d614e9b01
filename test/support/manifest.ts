import { GatewayManifest } from '../../src/model/gateway.js';

/** A valid manifest of a gateway that runs as a process, with what a test cares about. */
export function aManifest(over: Record<string, unknown> = {}): GatewayManifest {
  return GatewayManifest.parse({
    schemaVersion: 1,
    kind: 'process',
    name: 'sample',
    title: 'Sample',
    language: 'Node',
    colour: '#123456',
    version: '1.0.0',
    install: [{ method: 'existing', variable: 'GATEBENCH_SAMPLE_BIN' }],
    versionProbe: { from: 'command', command: ['{entry}', '--version'], pattern: 'v(\\S+)' },
    process: {
      command: ['{entry}'],
      port: 18_100,
      health: { path: '/health' },
      environment: { A: 'base', B: 'base' },
    },
    ...over,
  });
}
