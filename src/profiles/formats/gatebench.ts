import { newerDocument } from '../../lib/schema-version.js';
import { Profile } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import { checkTotals } from '../profile-builder.js';
import { type ProfileFormat, single, textOf } from './format.js';
import { checked, parseJson } from './json-document.js';

const EXPECTED = "gatebench's own profile.json";

/** Parses a stored profile. @throws FormatError */
export function parseGatebench(text: string): Profile {
  const document = parseJson(text, EXPECTED);
  const newer = newerDocument(document, Profile, 'the profile');
  if (newer !== null) throw new FormatError(newer);
  const profile = checked(Profile, document, EXPECTED);
  profile.stacks.forEach(({ frames }, index) => {
    const outside = frames.find((frame) => frame >= profile.frames.length);
    if (outside !== undefined) {
      const field = `stacks[${index}].frames`;
      throw new FormatError(`no frame ${outside}`, { field, expected: `indices of ${profile.frames.length} frames` });
    }
  });
  checkTotals(profile.stacks);
  return profile;
}

export const gatebenchFormat: ProfileFormat = {
  name: 'gatebench',
  title: "gatebench's profile.json",
  kind: 'whole',
  detect: (start) => start.kind === 'json' && /^\s*\{\s*"schemaVersion"\s*:\s*\d+\s*,\s*"meta"/.test(start.text),
  parse: (bytes) => single(parseGatebench(textOf(bytes))),
};
