import type { Frame, Profile } from '../../model/profile.js';
import { mapFrames } from '../profile-builder.js';

/** C++'s names (with macOS's extra `_`), Rust's v0 names, and Microsoft's. */
const MANGLED = /^(?:__?Z|_R[A-Z]|\?[?\w$@])/;

/** Whether any function of a profile has the name that the linker sees. */
export function hasMangledNames({ frames }: Profile): boolean {
  return frames.some(({ name }) => MANGLED.test(name));
}

/**
 * The profile with names to read, and the mangled ones as `rawName`. Functions that are read alike, such as the copies that
 * a compiler made of one, become one frame.
 * @param demangle returns what it can't read as it is
 */
export function demangleNames(profile: Profile, demangle: (symbol: string) => string): Profile {
  return mapFrames(profile, (frame) => demangled(frame, demangle));
}

function demangled(frame: Frame, demangle: (symbol: string) => string): Frame {
  const { name } = frame;
  if (!MANGLED.test(name)) return frame;
  const readable = demangle(name.startsWith('__Z') ? name.slice(1) : name);
  // What it can't read it returns without macOS's underscore.
  if (readable === '' || name.endsWith(readable)) return frame;
  return { ...frame, name: readable, rawName: name };
}
