import type { Frame } from '../../model/profile.js';
import { javaDescriptor } from './java-symbol.js';

/** The same function with a name to read, and the symbol as `rawName`; the frame itself if its name is one. */
export function readableFrame(frame: Frame): Frame {
  if (!frame.name.startsWith('L')) return frame;
  const method = javaDescriptor(frame.name);
  if (method === null) return frame;
  const kind = frame.kind === 'inlined' ? frame.kind : ('java' as const);
  return { ...frame, name: method.name, module: method.package, kind, rawName: frame.name };
}
