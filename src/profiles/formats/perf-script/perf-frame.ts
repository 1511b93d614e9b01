import type { Frame } from '../../../model/profile.js';
import { packageOfFile } from '../../categories/source-package.js';
import { type JavaScriptTier, parseV8Symbol } from '../../symbols/v8-symbol.js';
import type { FrameLine } from './perf-lines.js';

export interface NamedFrame {
  frame: Frame;
  tier: JavaScriptTier | null;
}

/** Memory that a just-in-time compiler has filled. perf names it after the process, which says nothing to a reader. */
export const JIT_MODULE = '[jit]';

const UNKNOWN = '[unknown]';
const KERNEL_MODULE = /^\[(?:kernel|guest\.kernel)\b/;
const JIT = /^(?:.*\/perf-\d+\.map|.*\/jitted-\d+-\d+\.so|\[anon\]|\/\/anon|anon_inode:.*|\/memfd:.*|\[\[?heap\]?\])$/;

/**
 * A frame as the model has it, from what perf printed. Whether native code was made by Go's compiler isn't known from
 * one frame: see `finalizeFrames`.
 */
export function nameFrame(line: FrameLine): NamedFrame {
  const module = moduleOf(line);
  if (isKernel(line)) {
    return native(line.symbol, module === null || KERNEL_MODULE.test(line.module) ? '[kernel]' : module, 'kernel');
  }
  // An inlined function was somewhere in the file, whatever it is called.
  if (line.inlined) return native(line.symbol, null, 'inlined');
  if (line.symbol === UNKNOWN) return native(UNKNOWN, module, 'unknown');
  // Runtimes name what they compile in symbol maps. In a binary, C++ may have a namespace py or a class JS.
  const compiled = module === null || module === JIT_MODULE;
  if (compiled && line.symbol.startsWith('py::')) return { frame: pythonFrame(line.symbol, module), tier: null };
  const v8 = compiled || line.symbol.startsWith('Builtins_') ? parseV8Symbol(line.symbol) : null;
  if (v8) return { frame: { ...v8.frame, module: v8.frame.module ?? module }, tier: v8.tier };
  return native(line.symbol, module, 'native');
}

/** What perf names no code: the zero, one or minus one that ends a chain of frame pointers. */
export function isChainEnd(line: FrameLine): boolean {
  return line.symbol === UNKNOWN && (line.module === UNKNOWN || !line.module) && /^(?:0|1|f{16})$/.test(line.address);
}

function native(name: string, module: string | null, kind: Frame['kind']): NamedFrame {
  return { frame: { name, file: null, line: null, module, kind }, tier: null };
}

/** `py::Parser.feed:/srv/app/parser.py`, written by CPython 3.12 and later with `-X perf`. */
function pythonFrame(symbol: string, module: string | null): Frame {
  const text = symbol.slice('py::'.length);
  const colon = text.indexOf(':');
  const file = colon < 0 ? null : text.slice(colon + 1);
  return {
    name: colon < 0 ? text : text.slice(0, colon),
    file,
    line: null,
    module: file === null ? module : (packageOfFile(file) ?? null),
    kind: 'python',
  };
}

/** Whether perf names a module for which there is no file with symbols, but memory that code was written to. */
export function isJit(module: string): boolean {
  return JIT.test(module);
}

function moduleOf({ module }: FrameLine): string | null {
  if (!module || module === UNKNOWN) return null;
  if (KERNEL_MODULE.test(module)) return '[kernel]';
  return isJit(module) ? JIT_MODULE : module;
}

/** By perf's name for it, or by the upper half of the address space, where user code can't be. */
export function isKernel({ address, module, inlined }: FrameLine): boolean {
  if (KERNEL_MODULE.test(module)) return true;
  if (module === '[vsyscall]' || inlined) return false;
  return address.length === 16 && address.startsWith('ffff') && !/^f{16}$/.test(address);
}
