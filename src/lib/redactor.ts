const REDACTED = '[key]';

/** Takes a secret out of texts: as it is, as in a URL, and as JSON with escaped slashes has it. */
export function redactor(secret: string): (text: string) => string {
  const forms = new Set([secret, encodeURIComponent(secret), secret.replaceAll('/', '\\/')]);
  // The longest first: another may be a part of it.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((left, form) => left.replaceAll(form, REDACTED), text);
}
