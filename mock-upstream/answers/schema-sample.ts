type Schema = Record<string, unknown>;

/** Where schemas nest deeper, what isn't required is left out: schemas may be recursive. */
const MAX_DEPTH = 6;
/** Where they nest even deeper, everything is null. */
const DEEPEST = 32;

/**
 * The smallest plausible value that fits a JSON schema (the subset of OpenAI's structured outputs, and some more).
 * The same schema gives the same value. What `pattern` asks for isn't looked at.
 */
export function sampleOf(schema: unknown): unknown {
  return new Sampler(schema).sample(schema, 0);
}

class Sampler {
  constructor(private readonly root: unknown) {}

  sample(given: unknown, depth: number): unknown {
    if (!isSchema(given) || depth > DEEPEST) return given === true ? {} : null;
    const schema = this.#resolve(given);
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0];
    if ('default' in schema) return schema.default;
    const variants = schema.anyOf ?? schema.oneOf;
    if (Array.isArray(variants) && variants.length > 0) {
      const { anyOf: _anyOf, oneOf: _oneOf, ...rest } = schema;
      return this.sample(merged(rest, this.#variant(variants, depth)), depth + 1);
    }
    if (Array.isArray(schema.allOf)) {
      const { allOf, ...rest } = schema;
      return this.sample(
        (allOf as unknown[]).map((part) => this.#resolvedOrEmpty(part)).reduce(merged, rest),
        depth + 1,
      );
    }
    switch (typeOf(schema, depth)) {
      case 'object':
        return this.#object(schema, depth);
      case 'array':
        return this.#array(schema, depth);
      case 'string':
        return sampleString(schema);
      case 'integer':
        return sampleNumber(schema, 1);
      case 'number':
        return sampleNumber(schema, 0.5);
      case 'boolean':
        return true;
      default:
        return null;
    }
  }

  /** The first variant; deep inside, one that ends the recursion. */
  #variant(variants: readonly unknown[], depth: number): Schema {
    const resolved = variants.map((variant) => this.#resolvedOrEmpty(variant));
    const ending = depth > MAX_DEPTH ? resolved.find((variant) => variant.type === 'null') : undefined;
    return ending ?? resolved.find((variant) => variant.type !== 'null') ?? resolved[0] ?? {};
  }

  #object(schema: Schema, depth: number): unknown {
    const properties = isSchema(schema.properties) ? schema.properties : {};
    const required = new Set(Array.isArray(schema.required) ? (schema.required as unknown[]).map(String) : []);
    const names = Object.keys(properties).filter((name) => required.has(name) || depth <= MAX_DEPTH);
    // A required property may have no schema of its own.
    for (const name of required) if (!names.includes(name)) names.push(name);
    return Object.fromEntries(
      names.map((name) => [name, this.sample(properties[name] ?? { type: 'string' }, depth + 1)]),
    );
  }

  #array(schema: Schema, depth: number): unknown[] {
    // Older drafts give a tuple's schemas as items.
    const given = Array.isArray(schema.prefixItems) ? schema.prefixItems : schema.items;
    const prefix = Array.isArray(given) ? (given as unknown[]) : [];
    const items = Array.isArray(schema.items) ? { type: 'string' } : (schema.items ?? { type: 'string' });
    const least = asNumber(schema.minItems) ?? 0;
    const most = asNumber(schema.maxItems) ?? Number.POSITIVE_INFINITY;
    const wanted = Math.min(most, Math.max(least, prefix.length, depth > MAX_DEPTH ? 0 : 1));
    return Array.from({ length: wanted }, (_, index) => this.sample(prefix[index] ?? items, depth + 1));
  }

  #resolvedOrEmpty(schema: unknown): Schema {
    return isSchema(schema) ? this.#resolve(schema) : {};
  }

  /** Follow `$ref` within the schema: `#`, `#/$defs/name`. */
  #resolve(schema: Schema): Schema {
    let current = schema;
    for (let hops = 0; typeof current.$ref === 'string' && hops < DEEPEST; hops++) {
      const { $ref, ...beside } = current;
      const target = this.#lookUp($ref as string);
      if (!isSchema(target)) return beside;
      current = { ...target, ...beside };
    }
    return current;
  }

  #lookUp(reference: string): unknown {
    if (!reference.startsWith('#')) return undefined;
    let found: unknown = this.root;
    for (const step of reference.slice(1).split('/').slice(1)) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      found = isSchema(found) ? found[key] : undefined;
    }
    return found;
  }
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Two schemas that both hold, as far as their properties go. */
function merged(one: Schema, other: Schema): Schema {
  const both: Schema = { ...one, ...other };
  if (isSchema(one.properties) && isSchema(other.properties)) {
    both.properties = { ...one.properties, ...other.properties };
  }
  if (Array.isArray(one.required) && Array.isArray(other.required)) {
    both.required = [...(one.required as unknown[]), ...(other.required as unknown[])];
  }
  return both;
}

/** Lower case: Gemini writes types in capitals. */
function typeOf(schema: Schema, depth: number): string {
  const { type } = schema;
  if (typeof type === 'string') return type.toLowerCase();
  if (Array.isArray(type)) {
    const names = type.map((name) => String(name).toLowerCase());
    if (depth > MAX_DEPTH && names.includes('null')) return 'null';
    return names.find((name) => name !== 'null') ?? 'null';
  }
  if (schema.properties || schema.required) return 'object';
  return schema.items || schema.prefixItems ? 'array' : 'string';
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2024-01-01',
  time: '12:00:00Z',
  'date-time': '2024-01-01T12:00:00Z',
  duration: 'P1D',
  email: 'mock@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function sampleString(schema: Schema): string {
  const format = typeof schema.format === 'string' ? FORMATS[schema.format] : undefined;
  if (format !== undefined) return format;
  const least = asNumber(schema.minLength) ?? 0;
  const most = asNumber(schema.maxLength) ?? Number.POSITIVE_INFINITY;
  return 'mock'.padEnd(Math.min(least, 100_000), '.').slice(0, most);
}

/** @param step what whole numbers and others are above an exclusive bound */
function sampleNumber(schema: Schema, step: number): number {
  const multiple = asNumber(schema.multipleOf);
  const low = asNumber(schema.minimum) ?? above(asNumber(schema.exclusiveMinimum), step);
  const high = asNumber(schema.maximum) ?? below(asNumber(schema.exclusiveMaximum), step);
  let value = Math.max(low ?? Number.NEGATIVE_INFINITY, Math.min(1, high ?? 1));
  if (step === 1) value = Math.ceil(value);
  return multiple !== null && multiple > 0 ? Math.ceil(value / multiple) * multiple : value;
}

function above(bound: number | null, step: number): number | null {
  return bound === null ? null : bound + step;
}

function below(bound: number | null, step: number): number | null {
  return bound === null ? null : bound - step;
}

function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
