import type { ProfileBuilder } from '../../profile-builder.js';
import { goName, goPackageOf } from '../../symbols/go-symbol.js';
import type { SymbolResolver } from '../../symbols/symbol-resolver.js';
import type { JavaScriptTier } from '../../symbols/v8-symbol.js';
import { isChainEnd, isJit, isKernel, type NamedFrame, nameFrame } from './perf-frame.js';
import { type FrameLine, parseFrameLine } from './perf-lines.js';

/** A line of a call chain, interned. */
export interface KnownFrame {
  /** In the builder. */
  index: number;
  address: string;
  /** Set where the module is still to be learnt from the function that it was folded into. */
  inlined: string | null;
  /** As perf printed it. */
  module: string;
  tier: JavaScriptTier | null;
  /** Not code at all. */
  chainEnd: boolean;
}

/** Call-chain lines to frames of a builder. Each symbol of a module is parsed and kept once. */
export class PerfFrameTable {
  readonly #builder: ProfileBuilder;
  readonly #resolve: SymbolResolver | null;
  /** By module, then by symbol, or by address where it has none. */
  readonly #known = new Map<string, Map<string, Omit<KnownFrame, 'address'>>>();
  readonly #inlined = new Map<string, Map<string, number>>();

  constructor(builder: ProfileBuilder, resolve: SymbolResolver | null) {
    this.#builder = builder;
    this.#resolve = resolve;
  }

  /** Null where the line isn't a frame. */
  frame(text: string): KnownFrame | null {
    const line = parseFrameLine(text);
    if (!line) return null;
    const known = this.#lookUp(line);
    return { ...known, address: line.address };
  }

  /** The index of an inlined function, now that the binary it is in is known. */
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
    const { frame, tier } = this.#resolved(own) ?? nameFrame(own);
    const made = {
      index: this.#builder.frame(frame),
      inlined: own.inlined ? own.symbol : null,
      module: own.module,
      tier,
      chainEnd: isChainEnd(own),
    };
    ofModule.set(owned(key), made);
    return made;
  }

  /**
   * Frames without a name are told apart by their address only where somebody may name them: compiled code that moves
   * has no end of addresses.
   */
  #unknownKey(line: FrameLine): string {
    if (this.#mayResolve(line)) return `[unknown] ${line.address}`;
    return isChainEnd(line) ? '[unknown] end' : isKernel(line) ? '[unknown] kernel' : line.symbol;
  }

  #mayResolve({ deleted, module }: FrameLine): boolean {
    // A file that has been replaced since would be read wrongly; what isn't a file has nothing to read.
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
 * A copy that shares nothing. V8's slices keep the text they were cut from alive: without this, a name of ten
 * characters would hold a chunk of 64 KB for as long as the profile lives.
 */
function owned(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
