import type { UsageError } from '../../lib/errors.js';

/** A place in a manifest, by keys: `['process', 'files', 0, 'template']`. */
export type Path = readonly PropertyKey[];

/** What is wrong at a place of a gateway's manifest. */
export interface Finding {
  at: Path;
  message: string;
  /** What to do about it. */
  hint: string;
  /** A gateway with a warning can be run. */
  severity?: 'warning';
  /** Where it is, if not in the manifest itself. */
  file?: { path: string; line: number };
}

/** A {@link Finding} in its file. */
export interface Problem {
  severity: 'error' | 'warning';
  /** Name of the gateway, or of the folder where that isn't known; `sets.yaml` for that file. */
  gateway: string;
  /** Absolute. */
  file: string;
  /** From 1; null for the whole file. */
  line: number | null;
  /** `process.files.0.template`; null for the whole file. */
  field: string | null;
  message: string;
  hint: string;
}

/** `gateways/mine/gateway.yaml:12: process.port: …`. */
export function formatProblem({ file, line, field, message }: Problem): string {
  const place = line === null ? file : `${file}:${line}`;
  return [place, ...(field === null ? [] : [field]), message].join(': ');
}

/** A file that its schema doesn't take, or that isn't YAML: a problem for each of the error's lines. */
export function unreadable(file: string, gateway: string, error: UsageError): Problem[] {
  return error.message.split('\n').map((text) => {
    const [, line, rest] = text.startsWith(`${file}:`)
      ? (/^:(\d+)(?::\d+)?: (.*)$/s.exec(text.slice(file.length)) ?? [])
      : [];
    return {
      severity: 'error',
      gateway,
      file,
      line: line === undefined ? null : Number(line),
      field: null,
      message: rest ?? text,
      hint: error.hint ?? 'correct it',
    };
  });
}
