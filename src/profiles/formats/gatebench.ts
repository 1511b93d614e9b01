import { Profile } from '../../model/profile.js';
import { FormatError } from './format-error.js';
import { checked, parseJson } from './json-document.js';

const EXPECTED = "gatebench's own profile.json";

/** A profile as we store it ourselves. @throws FormatError */
export function parseGatebench(text: string): Profile {
  const profile = checked(Profile, parseJson(text, EXPECTED), EXPECTED);
  profile.stacks.forEach(({ frames }, index) => {
    const outside = frames.find((frame) => frame >= profile.frames.length);
    if (outside !== undefined) {
      const field = `stacks[${index}].frames`;
      throw new FormatError(`no frame ${outside}`, { field, expected: `indices of ${profile.frames.length} frames` });
    }
  });
  return profile;
}
