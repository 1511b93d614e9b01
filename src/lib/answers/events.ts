import { isObject, type JsonObject, parseJson } from '../json-value.js';
import type { Findings } from './findings.js';

/** An event of a stream whose data is JSON. */
export interface ParsedEvent {
  /** What its `event:` line says; null without one. */
  name: string | null;
  data: JsonObject;
}

/**
 * The events of a whole SSE stream (HTML standard, "Interpreting an event stream"), those without data left out.
 * @param named each event's name must be the `type` of its data: clients of Anthropic's API go by the name
 */
export function parsedEvents(body: string, findings: Findings, { named }: { named: boolean }): ParsedEvent[] {
  const events: ParsedEvent[] = [];
  for (const [index, block] of body.split(/\r\n\r\n|\n\n|\r\r/).entries()) {
    const lines = block.split(/\r\n|\n|\r/);
    const valuesOf = (field: string) =>
      lines
        .filter((line) => line.startsWith(`${field}:`))
        .map((line) => line.slice(field.length + 1).replace(/^ /, ''));
    const data = valuesOf('data');
    if (data.length === 0) continue;
    const name = valuesOf('event').at(-1) ?? null;
    const text = data.join('\n');
    const where = `event ${index + 1}`;
    // OpenAI's chat completions end with it, and these APIs don't.
    if (text.trim() === '[DONE]') {
      findings.expect(where, text, false, 'no [DONE] in this API');
      continue;
    }
    const value = parseJson(text);
    if (!findings.require(where, text, isObject(value), 'data that is a JSON object') || !isObject(value)) continue;
    if (named) {
      findings.require(`${where}.event`, name ?? undefined, name === value.type, `its type, "${String(value.type)}"`);
    }
    events.push({ name, data: value });
  }
  return events;
}
