import type { Frame } from '../../model/profile.js';
import { javaDescriptor } from './java-symbol.js';
import { rustLegacyName } from './rust-symbol.js';

/** The same function with a name to read, and the symbol as `rawName`; the frame itself if its name is one. */
export function readableFrame(frame: Frame): Frame {
  const rust = frame.name.includes('::h') ? rustLegacyName(frame.name) : null;
  if (rust !== null) return { ...frame, name: rust, rawName: frame.rawName ?? frame.name };
  if (!frame.name.startsWith('L')) return frame;
  const method = javaDescriptor(frame.name);
  if (method === null) return frame;
  const kind = frame.kind === 'inlined' ? frame.kind : ('java' as const);
  return { ...frame, name: method.name, module: method.package, kind, rawName: frame.name };
}
