/** HTML. Everything else is escaped when it is inserted. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly Html[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text, also for quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * An HTML template. Names, log lines and commands come from other people's programs, so everything that isn't
 * {@link Html} is escaped.
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: strings.map((text, index) => text + (index < parts.length ? rendered(parts[index]) : '')).join('') };
}

export const NOTHING: Html = { html: '' };

/** For safe content made elsewhere: bundled scripts, style sheets, escaped data. */
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

/** JSON for a script element, without `<`: it can't contain tags, comments or the end of the element. */
export function scriptJson(value: unknown): Html {
  return { html: JSON.stringify(value).replace(/</g, '\\u003c') };
}
