import { loadDemangler } from '../lib/demangler.js';
import type { Profile } from '../model/profile.js';
import { demangleNames, hasMangledNames } from '../profiles/symbols/mangled-names.js';

/** The profile with demangled names; the same one if it has none to demangle, as most have. */
export async function readableProfile(profile: Profile): Promise<Profile> {
  return hasMangledNames(profile) ? demangleNames(profile, await loadDemangler()) : profile;
}
