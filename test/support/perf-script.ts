import type { Profile } from '../../src/model/profile.js';
import { chosenProfile } from '../../src/profiles/choose-profile.js';
import type { ProfileSet } from '../../src/profiles/formats/format.js';
import { PerfScriptParser } from '../../src/profiles/formats/perf-script/perf-script.js';

type Options = ConstructorParameters<typeof PerfScriptParser>[0];

/** The profiles of perf's text, one for each event. */
export function parsePerfEvents(text: string, options: Options = {}): ProfileSet {
  const parser = new PerfScriptParser(options);
  parser.feed(text);
  return parser.end();
}

/** The profile that is shown if no event is asked for. */
export function parsePerfScript(text: string, options: Options = {}): Profile {
  return chosenProfile(parsePerfEvents(text, options));
}
