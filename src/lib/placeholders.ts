import { ExpectedError } from './errors.js';

/**
 * `{name}`, without spaces and not after a `$`: so the braces of JSON (`{"a": 1}`), of nginx blocks (`{ listen`),
 * of regular expressions (`{2,3}`) and the variables of nginx and shells (`${name}`) are all just text.
 */
const PLACEHOLDER = /(?<!\$)\{([a-zA-Z][a-zA-Z0-9.]*)\}/g;

/**
 * Fill the placeholders of a manifest's text, or of a configuration file's.
 * @param template text with `{name}` or `{ports.name}` in it; every other brace survives as it is
 * @param values by placeholder, without the braces; filled-in text is not searched again
 * @throws ExpectedError for a placeholder that has no value
 */
export function fillTemplate(template: string, values: Record<string, string>): string {
  return template.replaceAll(PLACEHOLDER, (found, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw unknownPlaceholder(found, template, values);
    return value;
  });
}

/** The placeholders in a text, each once, in the order they come in. */
export function placeholdersIn(template: string): string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''))];
}

function unknownPlaceholder(found: string, template: string, values: Record<string, string>): ExpectedError {
  const line = template.split('\n').find((text) => text.includes(found)) ?? template;
  const known = Object.keys(values)
    .sort()
    .map((name) => `{${name}}`)
    .join(' ');
  return new ExpectedError(
    `unknown placeholder ${found} in "${line.trim()}"`,
    known === '' ? 'no placeholder can be used here' : `use one of ${known}`,
  );
}
