import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type OperatorTest, operatorManifests } from '../../../src/load/k6/operator-manifest.js';
import { testRunProblems } from '../../support/custom-resource.js';

const load: OperatorTest = {
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
};
const testRun = parse(operatorManifests(load)['testrun.yaml'] ?? '');

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

it.each(['no', 'on', 'y'])('quotes the name %s, a boolean in the YAML that kubectl reads', (name) => {
  const { 'configmap.yaml': configMap = '', 'testrun.yaml': testRun = '' } = operatorManifests({ ...load, name });
  for (const text of [configMap, testRun]) expect(parse(text, { version: '1.1' }).metadata.name).toBe(name);
});

it('writes no characters that end a line or are forbidden in that YAML', () => {
  const body = JSON.stringify('NEL\u0085LS\u2028PS\u2029DEL\u007fC1\u009fé😀');
  const written = operatorManifests({ ...load, spec: { ...load.spec, body } });
  const { 'script.js': script = '', 'configmap.yaml': configMap = '' } = written;
  expect(configMap).not.toMatch(/[\u007f-\u009f\u2028\u2029]/);
  expect(parse(configMap).data['script.js']).toBe(script);
  expect(JSON.parse(/^const LOAD = (\{.*?\n\});/s.exec(script)?.[1] ?? '').body).toBe(body);
});
