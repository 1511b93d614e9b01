import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { operatorManifests } from '../../../src/load/k6/operator-manifest.js';
import { testRunProblems } from '../../support/custom-resource.js';

const files = operatorManifests({
  name: 'my-load',
  parallelism: 4,
  image: 'docker.io/grafana/k6:1.8.1',
  spec: {
    origin: 'http://gateway:8787',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    stream: false,
    texts: null,
    vus: 50,
    warmupS: 3,
    durationS: 10,
    timeoutS: 30,
  },
});
const testRun = parse(files['testrun.yaml'] ?? '');

it('writes a TestRun that k6-operator’s own CRD takes', () => {
  expect(testRunProblems(testRun)).toEqual([]);
});

it('would notice a field that the operator doesn’t know, a value of another type, and one that is missing', () => {
  const { parallelism, ...rest } = testRun.spec;
  const problems = (spec: unknown) => testRunProblems({ ...testRun, spec }).join('\n');
  expect(problems({ ...testRun.spec, vus: 3 })).toContain('"additionalProperty":"vus"');
  expect(problems({ ...testRun.spec, parallelism: String(parallelism) })).toContain(
    '/spec/parallelism must be integer',
  );
  expect(problems(rest)).toContain('parallelism');
  expect(problems({ ...testRun.spec, runner: { envs: [] } })).toContain('"additionalProperty":"envs"');
});
