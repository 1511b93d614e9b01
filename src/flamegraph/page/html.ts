/** Text that is HTML already. Everything else is escaped when it is put into a page. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly Html[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For text and for attributes in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * HTML with values put in. Names of functions, files and commands come from other people's programs: all that isn't
 * {@link Html} is escaped.
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: strings.map((text, index) => text + (index < parts.length ? rendered(parts[index]) : '')).join('') };
}

export const NOTHING: Html = { html: '' };

/** For what was made elsewhere and is safe: a bundled script, a style sheet, data that was escaped for where it stands. */
export function trusted(text: string): Html {
  return { html: text };
}

function rendered(part: Part | undefined): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if (isHtml(part)) return part.html;
  return part.map((each) => each.html).join('');
}

function isHtml(part: Html | readonly Html[]): part is Html {
  return 'html' in part;
}

/** JSON that can stand in a script element: no tag, no comment and no end of the element can begin in it. */
export function scriptJson(value: unknown): Html {
  return { html: JSON.stringify(value).replace(/</g, '\\u003c') };
}
