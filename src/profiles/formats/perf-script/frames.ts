import type { Frame, Profile } from '../../../model/profile.js';
import { mapFrames, type ProfileBuilder } from '../../profile-builder.js';
import type { SymbolResolver } from '../../symbols/binary-symbols.js';
import { packageOfFile } from '../../symbols/frame-origin.js';
import { goName, goPackageOf, provesGo } from '../../symbols/go-symbol.js';
import { hotSpotMethod } from '../../symbols/java-symbol.js';
import { parseLuaSymbol } from '../../symbols/lua-symbol.js';
import { type JavaScriptTier, parseV8Symbol } from '../../symbols/v8-symbol.js';
import { type FrameLine, parseFrameLine } from './lines.js';

/** A line of a call chain, as a frame of the builder. */
export interface KnownFrame {
  /** Index in the builder. */
  index: number;
  address: string;
  /** The symbol of an inlined function: its module is that of the function it was inlined into. */
  inlined: string | null;
  /** As perf printed it. */
  module: string;
  tier: JavaScriptTier | null;
  /** Not code, but the end of a chain of frame pointers. */
  chainEnd: boolean;
  /** Functions that a JIT compiler inlined into this one, outermost first. */
  inner: readonly number[];
}

/** Turns lines of call chains into frames of a builder. Each symbol of a module is parsed and stored once. */
export class PerfFrameTable {
  readonly #builder: ProfileBuilder;
  readonly #resolve: SymbolResolver | null;
  /** By module, then by symbol, or by address if there is no symbol. */
  readonly #known = new Map<string, Map<string, Omit<KnownFrame, 'address'>>>();
  readonly #inlined = new Map<string, Map<string, number>>();

  constructor(builder: ProfileBuilder, resolve: SymbolResolver | null) {
    this.#builder = builder;
    this.#resolve = resolve;
  }

  /** Null if the line isn't a frame. */
  frame(text: string): KnownFrame | null {
    const line = parseFrameLine(text);
    if (!line) return null;
    const { index, inlined, module, tier, chainEnd, inner } = this.#lookUp(line);
    // For every frame of every sample: half as fast with a spread.
    return { index, address: line.address, inlined, module, tier, chainEnd, inner };
  }

  /** The index of an inlined function in a module. */
  inlinedIn(symbol: string, module: string): number {
    let ofModule = this.#inlined.get(module);
    if (!ofModule) {
      ofModule = new Map();
      this.#inlined.set(owned(module), ofModule);
    }
    let index = ofModule.get(symbol);
    if (index === undefined) {
      const { frame } = nameFrame({ address: '0', symbol, module, inlined: false, deleted: false });
      index = this.#builder.frame({ ...frame, kind: frame.kind === 'kernel' ? 'kernel' : 'inlined' });
      ofModule.set(symbol, index);
    }
    return index;
  }

  nativeOfUnknownModule(name: string): number {
    return this.#builder.frame({ name, file: null, line: null, module: null, kind: 'native' });
  }

  #lookUp(line: FrameLine): Omit<KnownFrame, 'address'> {
    let ofModule = this.#known.get(line.module);
    if (!ofModule) {
      ofModule = new Map();
      this.#known.set(owned(line.module), ofModule);
    }
    const key = line.symbol === '[unknown]' ? this.#unknownKey(line) : line.symbol;
    const known = ofModule.get(key);
    if (known) return known;
    const own: FrameLine = { ...line, symbol: owned(line.symbol), module: owned(line.module) };
    const [symbol = own.symbol, ...inner] = jitInlined(own);
    const { frame, tier } = this.#resolved(own) ?? nameFrame({ ...own, symbol });
    const made = {
      index: this.#builder.frame(frame),
      inlined: own.inlined ? own.symbol : null,
      module: own.module,
      tier,
      chainEnd: isChainEnd(own),
      inner: inner.map((name) => this.#builder.frame({ ...frame, name, kind: 'inlined' })),
    };
    ofModule.set(owned(key), made);
    return made;
  }

  /**
   * Unnamed frames are told apart by address only if the resolver may name them: JIT-compiled code moves, and has an
   * unlimited number of addresses.
   */
  #unknownKey(line: FrameLine): string {
    if (this.#mayResolve(line)) return `[unknown] ${line.address}`;
    return isChainEnd(line) ? '[unknown] end' : isKernel(line) ? '[unknown] kernel' : line.symbol;
  }

  #mayResolve({ deleted, module }: FrameLine): boolean {
    // Only files, and only those that haven't been replaced since.
    return this.#resolve !== null && !deleted && module.startsWith('/') && !isJit(module);
  }

  #resolved(line: FrameLine): NamedFrame | null {
    if (!this.#resolve || line.symbol !== '[unknown]' || !this.#mayResolve(line)) return null;
    const symbol = this.#resolve(line.module, Number.parseInt(line.address, 16));
    if (!symbol) return null;
    const isGo = symbol.kind === 'go';
    const name = isGo ? goName(symbol.name) : symbol.name;
    return { frame: { ...symbol, name, module: (isGo ? goPackageOf(name) : null) ?? line.module }, tier: null };
  }
}

/**
 * A real copy. V8's slices keep their source alive: without this, a name of ten characters would hold a chunk of 64 KB
 * for as long as the profile lives.
 */
export function owned(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

interface NamedFrame {
  frame: Frame;
  tier: JavaScriptTier | null;
}

/** Memory that holds JIT-compiled code. perf names it after the process. */
const JIT_MODULE = '[jit]';

const UNKNOWN = '[unknown]';
/** The kernel itself, by perf's name for its symbols or by its file, at whatever addresses: `/usr/lib/debug/boot/vmlinux-6.1`. */
const KERNEL = /^\[(?:kernel|guest\.kernel|hypervisor)\b|(?:^|\/)vmlinux(?:[-.][^/]*)?$|^\/proc\/kcore$/;
/** What was loaded into it: `[nf_tables]`, `/lib/modules/6.1.0/kernel/net/nf_tables.ko.xz`, `bpf_prog_6deef7357e7b4530`. */
const KERNEL_PART =
  /^\[(\w+)\]$|(?:^|\/)([^/]+)\.ko(?:\.(?:gz|xz|zst|bz2|lzma))?$|^(bpf_(?:prog|trampoline|dispatcher)_\w+)$/;
/** Memory of a process that perf names like a module of the kernel. */
const USER_MEMORY =
  /^\[(?:unknown|vdso|vdso32|vvar|vvar_vclock|vsyscall|heap|stack|anon|uprobes|sigpage|vectors|jit|inlined)\]$/;
const JIT = /^(?:.*\/perf-\d+\.map|.*\/jitted-\d+-\d+\.so|\[anon\]|\/\/anon|anon_inode:.*|\/memfd:.*|\[\[?heap\]?\])$/;

/**
 * A frame of the model from a line that perf printed. One line doesn't tell whether native code is Go: see
 * {@link finalizeFrames}.
 */
function nameFrame(line: FrameLine): NamedFrame {
  const module = moduleOf(line);
  if (isKernel(line)) {
    return native(line.symbol, module ?? '[kernel]', 'kernel');
  }
  // An inlined function is native code, whatever its name.
  if (line.inlined) return native(line.symbol, null, 'inlined');
  if (line.symbol === UNKNOWN) return native(UNKNOWN, module, 'unknown');
  // Only for JIT-compiled code, named in symbol maps: C++ in a binary may have a namespace py or a class JS.
  const compiled = module === null || module === JIT_MODULE;
  if (compiled && line.symbol.startsWith('py::')) return { frame: pythonFrame(line.symbol, module), tier: null };
  const v8 = compiled || line.symbol.startsWith('Builtins_') ? parseV8Symbol(line.symbol) : null;
  if (v8) return { frame: { ...v8.frame, module: v8.frame.module ?? module }, tier: v8.tier };
  const other = compiled ? (parseLuaSymbol(line.symbol) ?? javaFrame(line.symbol)) : null;
  if (other) return { frame: other, tier: null };
  return native(line.symbol, module, 'native');
}

/** A method by the name that HotSpot itself writes for it. Descriptors are read by the builder, in all formats. */
function javaFrame(symbol: string): Frame | null {
  const method = hotSpotMethod(symbol);
  if (method === null) return null;
  return { name: method.name, file: null, line: null, module: method.package, kind: 'java', rawName: symbol };
}

/** The zero, one or minus one that ends a chain of frame pointers. */
function isChainEnd(line: FrameLine): boolean {
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

/** Whether a module is memory that code was generated into, not a file with symbols. */
function isJit(module: string): boolean {
  return JIT.test(module);
}

function moduleOf({ module }: FrameLine): string | null {
  if (!module || module === UNKNOWN) return null;
  if (KERNEL.test(module)) return '[kernel]';
  return kernelPart(module) ?? (isJit(module) ? JIT_MODULE : module);
}

/** As perf names a loaded module, whether it printed that or its file. Null if it isn't one. */
function kernelPart(module: string): string | null {
  if (USER_MEMORY.test(module)) return null;
  const [, name, file, bpf] = KERNEL_PART.exec(module) ?? [];
  if (bpf !== undefined) return bpf;
  const loaded = name ?? file?.replaceAll('-', '_');
  return loaded === undefined ? null : `[${loaded}]`;
}

/** By perf's name for it, or by its address: the upper half of the address space is the kernel's. */
function isKernel({ address, module, inlined }: FrameLine): boolean {
  if (KERNEL.test(module) || kernelPart(module) !== null) return true;
  if (module === '[vsyscall]' || inlined) return false;
  return address.length === 16 && address.startsWith('ffff') && !/^f{16}$/.test(address);
}

/**
 * The functions in one symbol, outermost first: Java's map of JIT-compiled code joins those inlined into a method to its
 * name, `Ljava/io/PrintStream;::println->Ljava/io/PrintStream;::print`.
 */
function jitInlined({ symbol, module }: FrameLine): string[] {
  if (!symbol.includes('->') || !isJit(module)) return [symbol];
  const names = symbol.split('->');
  return names.every((name) => name.includes('::')) ? names : [symbol];
}

/**
 * Turns a call chain as perf prints it, innermost first, into frame indices, outermost first.
 *
 * After inlined functions perf prints the function they are in, with the same address; its module is theirs. If it is
 * missing, the outermost of them is the function itself under another name (memcpy has many).
 */
export function rootFirst(chain: readonly KnownFrame[], table: PerfFrameTable): number[] {
  const stack: number[] = [];
  let outer: KnownFrame | undefined;
  let holder: KnownFrame | null = null;
  for (const frame of chain.toReversed()) {
    if (outer?.address !== frame.address) holder = null;
    if (frame.inlined === null) {
      holder = frame;
      stack.push(frame.index);
      if (frame.inner.length > 0) stack.push(...frame.inner);
    } else if (holder) stack.push(table.inlinedIn(frame.inlined, holder.module));
    else stack.push(outer?.address === frame.address ? frame.index : table.nativeOfUnknownModule(frame.inlined));
    outer = frame;
  }
  return stack;
}

/**
 * What can be done only after the last sample: marks Go's frames and removes frames that are in no stack. A binary is
 * Go's if the Go runtime was seen in it; C code in it stays native.
 */
export function finalizeFrames(profile: Profile): Profile {
  const goBinaries = new Set<string>();
  for (const { kind, module, name } of profile.frames) {
    if (kind === 'native' && module !== null && provesGo(name)) goBinaries.add(module);
  }
  return mapFrames(profile, (frame) =>
    frame.module !== null && goBinaries.has(frame.module) ? goFrame(frame) : frame,
  );
}

function goFrame(frame: Frame): Frame {
  if (frame.kind !== 'native' && frame.kind !== 'inlined') return frame;
  const name = goName(frame.name);
  const goPackage = goPackageOf(name);
  return goPackage === null ? frame : { ...frame, name, module: goPackage, kind: 'go' };
}
