import { z } from 'zod';

/**
 * What to say of a document whose `schemaVersion` is higher than its schema's; null for one that isn't.
 * @param title of the document: "the run description results/x/run.json"
 */
export function newerDocument(document: unknown, schema: z.ZodType, title: string): string | null {
  const known = versionOf(schema);
  const found = isVersioned(document) ? document.schemaVersion : null;
  if (known === null || typeof found !== 'number' || !(found > known)) return null;
  return `${title} was written by a newer gatebench: its schemaVersion is ${found}, and this gatebench reads up to ${known}`;
}

export const NEWER_HINT = 'update gatebench, or use the one that wrote it';

function isVersioned(document: unknown): document is { schemaVersion: unknown } {
  return typeof document === 'object' && document !== null && 'schemaVersion' in document;
}

/** The one version that a schema takes; null for schemas without one. */
function versionOf(schema: z.ZodType): number | null {
  const object = schema instanceof z.ZodDiscriminatedUnion ? schema.options[0] : schema;
  const version = object instanceof z.ZodObject ? object.shape.schemaVersion : undefined;
  return version instanceof z.ZodLiteral && typeof version.value === 'number' ? version.value : null;
}
