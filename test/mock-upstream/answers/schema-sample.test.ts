import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleOf } from '../../../mock-upstream/answers/schema-sample.js';

const ajv = new Ajv({ strict: false, allErrors: true, formats: { email: /@/, uuid: /-/, 'date-time': /T/ } });

function expectFits(schema: object): void {
  const sample = sampleOf(schema);
  const valid = ajv.validate(schema, JSON.parse(JSON.stringify(sample)));
  expect(valid, `${JSON.stringify(sample)} for ${JSON.stringify(schema)}: ${ajv.errorsText()}`).toBe(true);
}

describe('a sample fits', () => {
  test.each<[string, object]>([
    [
      "a strict schema of OpenAI's structured outputs",
      {
        type: 'object',
        properties: {
          steps: {
            type: 'array',
            items: {
              type: 'object',
              properties: { explanation: { type: 'string' }, output: { type: ['string', 'null'] } },
              required: ['explanation', 'output'],
              additionalProperties: false,
            },
          },
          answer: { type: 'number', minimum: 3, maximum: 4 },
          unit: { enum: ['metre', 'foot'] },
        },
        required: ['steps', 'answer', 'unit'],
        additionalProperties: false,
      },
    ],
    [
      'formats',
      {
        type: 'object',
        required: ['a', 'b'],
        properties: { a: { type: 'string', format: 'email' }, b: { type: 'string', format: 'uuid' } },
      },
    ],
    ['lengths', { type: 'string', minLength: 9, maxLength: 12 }],
    ['a short text', { type: 'string', maxLength: 2 }],
    ['exclusive bounds', { type: 'integer', exclusiveMinimum: 7 }],
    ['negative numbers', { type: 'integer', maximum: -5 }],
    ['multiples', { type: 'integer', minimum: 10, multipleOf: 7 }],
    ['many items', { type: 'array', items: { type: 'boolean' }, minItems: 4 }],
    ['no items', { type: 'array', items: { type: 'boolean' }, maxItems: 0 }],
    ['a tuple', { type: 'array', items: [{ type: 'integer' }], minItems: 1 }],
    ['a choice', { anyOf: [{ type: 'null' }, { type: 'object', required: ['x'], properties: { x: { const: 3 } } }] }],
    [
      'parts',
      {
        allOf: [
          { type: 'object', required: ['x'], properties: { x: { type: 'integer' } } },
          { required: ['y'], properties: { y: { type: 'boolean' } } },
        ],
      },
    ],
    [
      'a definition',
      {
        $defs: { 'a/b': { type: 'integer' } },
        type: 'object',
        required: ['x'],
        properties: { x: { $ref: '#/$defs/a~1b' } },
      },
    ],
    ['a required property that is not described', { type: 'object', required: ['x'] }],
  ])('%s', (_name, schema) => expectFits(schema));

  test('schemas that refer to themselves: a tree, a list', () => {
    expectFits({
      type: 'object',
      properties: { value: { type: 'integer' }, children: { type: 'array', items: { $ref: '#' } } },
      required: ['value', 'children'],
    });
    expectFits({
      $defs: {
        node: {
          type: 'object',
          required: ['next'],
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
        },
      },
      $ref: '#/$defs/node',
    });
  });

  test("Gemini's types in capitals", () => {
    expect(sampleOf({ type: 'OBJECT', properties: { n: { type: 'INTEGER' }, s: { type: 'STRING' } } })).toEqual({
      n: 1,
      s: 'mock',
    });
  });

  test('any schema of objects, arrays and scalars', () => {
    const { schema } = fc.letrec<{ schema: object }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4 },
        fc.record({ type: fc.constantFrom('string', 'integer', 'number', 'boolean', 'null') }),
        fc.record({ type: fc.constant('integer'), minimum: fc.integer({ min: -50, max: 50 }) }),
        fc.record({ enum: fc.uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1 }) }),
        fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(3) }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('schema'), { maxKeys: 4 }).map((properties) => ({
          type: 'object',
          properties,
          required: Object.keys(properties),
          additionalProperties: false,
        })),
        fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
      ),
    }));
    fc.assert(fc.property(schema, expectFits), { numRuns: 300 });
  });
});

test.each([[null], [7], ['text'], [[]], [{}], [{ $ref: '#/nowhere' }], [{ $ref: 'https://example.com/schema' }]])(
  'what is no schema of ours gives something all the same: %j',
  (schema) => {
    expect(JSON.stringify(sampleOf(schema))).toBeTypeOf('string');
  },
);
