/** A Java method as Java writes it, and its package. */
export interface JavaMethod {
  /** `java.util.HashMap.get`. */
  name: string;
  /** `java.util`; null for the nameless package. */
  package: string | null;
}

/**
 * A class descriptor, as perf-map-agent writes it: `Ljava/util/HashMap;::get`, `Lorg/x/Box;.<init>(I)V`. In folded stacks
 * its semicolon is a colon.
 */
const DESCRIPTOR = /^L([^;:()\s]+)[;:](?:::|\.)([^\s.:;/()]+)(\(\S*)?$/;
/** A class's internal name, as async-profiler (`.`) and stackcollapse-perf.pl (`:.`, `:::`) write it. */
const INTERNAL = /^((?:[\p{L}\d_$-]+\/)+[^\s;:()]+?)(?:\.|:+\.?)([\p{L}\d_$<>-]+)(\(\S*)?$/u;
/** In the nameless package; `.cold` and `.part` are marks of C++ compilers. */
const NAMELESS = /^([A-Z][\w$]*(?:\.0x[0-9a-f]+)?)\.(?!cold$|part$|isra$|constprop$)([\p{L}\d_$<>-]+)(\(\S*)?$/u;
/** With dots, as async-profiler writes it on request. */
const DOTTED = /^(?:[a-z_][\w$]*\.)+[A-Z][\w$.]*\.[\w$<>]+(?:\(\S*)?$/;

/** A method named by its class's descriptor, which nothing but Java writes. Null for other names. */
export function javaDescriptor(symbol: string): JavaMethod | null {
  return methodOf(DESCRIPTOR.exec(symbol));
}

/** A method in any notation. Ask only where it is known to be Java: `encoding/json.Marshal` of Go looks the same. */
export function javaMethod(symbol: string): JavaMethod | null {
  const found = methodOf(DESCRIPTOR.exec(symbol) ?? INTERNAL.exec(symbol) ?? NAMELESS.exec(symbol));
  if (found) return found;
  if (!DOTTED.test(symbol)) return null;
  const end = symbol.search(/\.[A-Z]/);
  return { name: symbol, package: symbol.slice(0, end) };
}

function methodOf(match: RegExpExecArray | null): JavaMethod | null {
  const [, internal, method, signature = ''] = match ?? [];
  if (internal === undefined || method === undefined) return null;
  const type = typeName(internal);
  const end = internal.search(/\/[^/]*(?:\/0x[0-9a-f]+)?$/);
  return {
    name: `${type}.${method}${parameters(signature)}`,
    package: end < 0 ? null : internal.slice(0, end).replaceAll('/', '.'),
  };
}

/** `java.util.HashMap`. A hidden class keeps its address: `Main$$Lambda/0x7f00ab`. */
function typeName(internal: string): string {
  return internal.replace(/\/(?!0x[0-9a-f]+$|\d+$)/g, '.');
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  B: 'byte',
  C: 'char',
  D: 'double',
  F: 'float',
  I: 'int',
  J: 'long',
  S: 'short',
  Z: 'boolean',
};

/** `(int, java.lang.String[])` of `(I[Ljava/lang/String;)V`; what isn't a signature is kept. JVMS 4.3.3. */
function parameters(signature: string): string {
  // async-profiler writes | for ; since that separates frames.
  const [, list] = /^\(((?:\[*(?:[BCDFIJSZ]|L[^;|]+[;|]))*)\)/.exec(signature) ?? [];
  if (list === undefined) return signature;
  const types = list.match(/\[*(?:[BCDFIJSZ]|L[^;|]+[;|])/g) ?? [];
  return `(${types.map(parameter).join(', ')})`;
}

function parameter(descriptor: string): string {
  const element = descriptor.replace(/^\[+/, '');
  const name = PRIMITIVES[element] ?? typeName(element.slice(1, -1));
  return name + '[]'.repeat(descriptor.length - element.length);
}
