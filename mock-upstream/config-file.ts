import { readFile } from 'node:fs/promises';
import { takesValue } from './flags.js';

/** A file of flags can't be used. The message says which, and why. */
export class ConfigFailure extends Error {
  override readonly name = 'ConfigFailure';
}

/**
 * Put the flags of a file in the place of `--config FILE`: those behind it win. `--fault` and `--api-key` add up.
 * @throws ConfigFailure
 */
export async function withConfigFile(argv: readonly string[]): Promise<string[]> {
  const flags: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    const [, name = '', inlineValue] = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(argument) ?? [];
    if (name === 'config') {
      const file = inlineValue ?? argv[++i];
      if (!file) throw new ConfigFailure('-config needs the name of a YAML or JSON file');
      flags.push(...flagsOf(await read(file), file));
      continue;
    }
    flags.push(argument);
    // What follows is its value, even where it looks like a flag.
    const value = argv[i + 1];
    if (inlineValue === undefined && takesValue(name) === true && value !== undefined) {
      flags.push(value);
      i++;
    }
  }
  return flags;
}

async function read(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigFailure(`can't read ${file}: ${reasonOf(error)}`, { cause: error });
  }
  // Only who has a file loads the parser. JSON is YAML.
  const { parse } = await import('yaml');
  try {
    return parse(text);
  } catch (error) {
    throw new ConfigFailure(`${file} is not YAML or JSON: ${reasonOf(error)}`, { cause: error });
  }
}

function flagsOf(config: unknown, file: string): string[] {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new ConfigFailure(`${file} does not hold flags and their values, such as "latency: 60ms"`);
  }
  return Object.entries(config).flatMap(([name, value]) => {
    const needsValue = takesValue(name);
    if (needsValue === null) throw new ConfigFailure(`${file}: there is no flag "${name}"`);
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.map((one) => {
      if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean') {
        throw new ConfigFailure(`${file}: "${name}" is a text, a number, true or false, or a list of them`);
      }
      return `--${name}=${one}`;
    });
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
