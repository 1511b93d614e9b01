import { stringify } from 'yaml';
import type { LoadSpec } from '../engine.js';
import { HOST_ENVIRONMENT, k6Script } from './script.js';

export interface OperatorTest {
  /** Of the TestRun and its ConfigMap, a DNS label. */
  name: string;
  spec: LoadSpec;
  /** Pods that share the VUs. */
  parallelism: number;
  /** Of k6. */
  image: string;
}

const SCRIPT = 'script.js';
/** kubectl reads YAML 1.1, where `no` and `on` are booleans unless they are quoted. */
const FOR_KUBECTL = { lineWidth: 0, schema: 'yaml-1.1' } as const;

/**
 * What Grafana's k6-operator needs for a load: file names to contents. The script is the one that `--k6-hosts` run; the
 * operator gives every pod its execution segment, and begins them together.
 */
export function operatorManifests({ name, spec, parallelism, image }: OperatorTest): Record<string, string> {
  const script = k6Script(spec, null);
  const metadata = { name, labels: { 'app.kubernetes.io/managed-by': 'gatebench' } };
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [SCRIPT]: script } };
  const testRun = {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata,
    spec: {
      parallelism,
      // A node for each pod: several on one are not more load than one machine gives.
      separate: true,
      script: { configMap: { name, file: SCRIPT } },
      arguments: '--no-usage-report --no-color --log-format=raw',
      runner: { image, env: Object.entries(HOST_ENVIRONMENT).map(([name, value]) => ({ name, value })) },
    },
  };
  const seconds = spec.warmupS + spec.durationS;
  const heading = `# ${spec.vus} VUs from ${parallelism} pods against ${spec.origin}${spec.path}, ${seconds} s. Apply configmap.yaml first.\n`;
  return {
    [SCRIPT]: script,
    'configmap.yaml': stringify(configMap, FOR_KUBECTL),
    'testrun.yaml': heading + stringify(testRun, FOR_KUBECTL),
  };
}
