import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { operatorManifests } from '../../../src/load/k6/operator-manifest.js';
import { k6Script } from '../../../src/load/k6/script.js';
import { aSpec } from '../external/spec.js';

const spec = aSpec({ origin: 'http://gateway:8787', vus: 400, body: '{"text":"a: \\"b\\"\\n# {c}\\t`$`"}' });
const files = operatorManifests({ name: 'bench', spec, parallelism: 4, image: 'docker.io/grafana/k6:1.8.1' });
const testRun = parse(files['testrun.yaml'] ?? '');
const configMap = parse(files['configmap.yaml'] ?? '');

describe('operatorManifests', () => {
  it('write a TestRun whose script is in the ConfigMap beside it', () => {
    expect(testRun).toMatchObject({
      apiVersion: 'k6.io/v1alpha1',
      kind: 'TestRun',
      metadata: { name: 'bench' },
      spec: { parallelism: 4, separate: true, runner: { image: 'docker.io/grafana/k6:1.8.1' } },
    });
    const { name, file } = testRun.spec.script.configMap;
    expect(configMap).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    expect(Object.keys(configMap.data)).toEqual([file]);
  });

  it('hand on the script of the other hosts, unchanged by YAML', () => {
    expect(configMap.data['script.js']).toBe(k6Script(spec, null));
    expect(files['script.js']).toBe(k6Script(spec, null));
  });

  it('leave segments to the operator, which refuses scripts and arguments that set them', () => {
    expect(`${testRun.spec.arguments} ${files['script.js']}`).not.toMatch(/execution-segment|executionSegment/);
  });
});
