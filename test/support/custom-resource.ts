import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';

type Schema = Record<string, unknown>;

const FILE = join(PACKAGE_ROOT, 'test', 'fixtures', 'k6-operator', 'k6.io_testruns.yaml.gz');
/** k6-operator's own CustomResourceDefinition of a TestRun, as YAML. */
export const DEFINITION = gunzipSync(readFileSync(FILE)).toString('utf8');

let definition: ReturnType<typeof readDefinition> | null = null;

/** To compile it takes a second or more. */
function readDefinition() {
  const { group, names, versions } = parse(DEFINITION).spec;
  const version = versions.find(({ served }: { served: boolean }) => served);
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  return { group, names, version, validate: ajv.compile(closed(version.schema.openAPIV3Schema)) };
}

/**
 * What a Kubernetes API server with k6-operator's CRD would have against a TestRun; empty for nothing. Fields that the
 * schema doesn't know are refused too: a server drops them without a word, unless it is asked not to, as kubectl does.
 */
export function testRunProblems(testRun: unknown): string[] {
  definition ??= readDefinition();
  const { group, names, version, validate } = definition;
  const { apiVersion, kind } = testRun as { apiVersion?: string; kind?: string };
  validate(testRun);
  return [
    ...(apiVersion === `${group}/${version.name}` ? [] : [`apiVersion is ${apiVersion}`]),
    ...(kind === names.kind ? [] : [`kind is ${kind}`]),
    ...(validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(' '),
    ),
  ];
}

/** The schema with every object closed that lists its fields. */
function closed(schema: Schema): Schema {
  const result: Schema = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closedValue(value)]));
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema.properties !== undefined && schema.additionalProperties === undefined && !open) {
    result.additionalProperties = false;
  }
  // Not JSON Schema: a number or a word.
  if (schema['x-kubernetes-int-or-string'] === true) result.type = undefined;
  return result;
}

function closedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedValue);
  return typeof value === 'object' && value !== null ? closed(value as Schema) : value;
}
