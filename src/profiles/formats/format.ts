import type { Profile } from '../../model/profile.js';

/** How much of a file is read to detect its format; more where its first line is longer. */
export const DETECTION_BYTES = 64 * 1024;

/** The start of a file, not gzipped. The last line of a text may be cut off, so it is left out. */
export type FileStart =
  | { kind: 'binary'; bytes: Uint8Array }
  | { kind: 'json'; text: string }
  | { kind: 'text'; lines: readonly string[] };

/**
 * What a file holds: a profile for each event or sample type, at least one. `meta.event` tells them apart.
 */
export interface ProfileSet {
  profiles: readonly [Profile, ...Profile[]];
  /** Index of the one to show if none was asked for. */
  chosen: number;
}

/** Of a format whose files hold one profile each. */
export function single(profile: Profile): ProfileSet {
  return { profiles: [profile], chosen: 0 };
}

/** Takes text in chunks, cut anywhere. Both methods throw FormatError. */
export interface StreamParser {
  feed(chunk: string): void;
  end(): ProfileSet;
}

/** If `gzipped`, the caller compresses what is written. A text may come in parts. */
export type ProfileExport = { fileName: string } & (
  | { gzipped?: false; write(profile: Profile): string | Iterable<string> }
  | { gzipped: true; write(profile: Profile): Uint8Array }
);

interface FormatBase {
  /** `cpuprofile`. */
  name: string;
  /** As messages list it: `.cpuprofile`. */
  title: string;
  detect(start: FileStart): boolean;
  /** JSON files with such a name are taken for this format if no format detects them. */
  fileName?: RegExp;
  /** For formats that profiles are exported to. */
  export?: ProfileExport;
}

/** A file format of profiles. Most are parsed whole; a format without a size limit is streamed. */
export type ProfileFormat =
  /** @throws FormatError */
  | (FormatBase & { kind: 'whole'; parse(bytes: Uint8Array, title: string): ProfileSet })
  | (FormatBase & { kind: 'streamed'; parser(title: string): StreamParser });

/** The encoding that a byte order mark tells: PowerShell's `>` writes UTF-16. UTF-8 if there is none. */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** Decodes a whole text, without its byte order mark. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** Whether a JSON text has a key whose value starts like this. Works on the start of a document. */
export function hasKey(text: string, key: string, valueStart: string): boolean {
  return new RegExp(`"${key}"\\s*:\\s*${valueStart}`).test(text);
}
