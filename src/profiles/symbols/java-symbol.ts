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
  const found = methodOf(DESCRIPTOR.exec(symbol) ?? internalName(symbol) ?? NAMELESS.exec(symbol));
  if (found) return found;
  if (!DOTTED.test(symbol)) return null;
  const end = symbol.search(/\.[A-Z]/);
  return { name: symbol, package: symbol.slice(0, end) };
}

/**
 * A method as HotSpot writes it to perf's map (`jcmd PID Compiler.perfmap`): `int java.lang.String.indexOf(int, int)`. Null for
 * other names. The result's type is left out.
 */
export function hotSpotMethod(symbol: string): JavaMethod | null {
  const open = symbol.indexOf('(');
  if (open < 0 || !symbol.endsWith(')')) return null;
  const [result = '', name, ...rest] = symbol.slice(0, open).split(' ');
  if (name === undefined || rest.length > 0 || !/^[\p{L}\d_$.]+(?:\[\])*$/u.test(result)) return null;
  const dot = name.lastIndexOf('.');
  const type = name.slice(0, Math.max(dot, 0));
  // A hidden class has its address after its name: `Main$$Lambda$14/0x0000000800c03000`, or `+0x`.
  if (!/^[\p{L}\d_$.-]+(?:[/+]0x[0-9a-f]+)?$/u.test(type)) return null;
  if (!/^[\p{L}\d_$<>-]+$/u.test(name.slice(dot + 1))) return null;
  const end = type.replace(/[/+]0x[0-9a-f]+$/, '').lastIndexOf('.');
  return { name: `${name}${symbol.slice(open)}`, package: end < 0 ? null : type.slice(0, end) };
}

/**
 * Splits a class's internal name, a method and a signature, as async-profiler (`java/util/HashMap.get`) and
 * stackcollapse-perf.pl (`:.`, `:::`) write them. No expression: it would take quadratic time for a name of many parts.
 */
function internalName(symbol: string): readonly string[] | null {
  const open = symbol.indexOf('(');
  const head = open < 0 ? symbol : symbol.slice(0, open);
  const last = Math.max(head.lastIndexOf('.'), head.lastIndexOf(':'));
  let end = last;
  while (end > 0 && (head[end - 1] === '.' || head[end - 1] === ':')) end -= 1;
  const type = head.slice(0, Math.max(end, 0));
  const method = head.slice(last + 1);
  if (!/^[\p{L}\d_$-]+\/[^\s;:]+$/u.test(type) || !/^[\p{L}\d_$<>-]+$/u.test(method)) return null;
  return [symbol, type, method, open < 0 ? '' : symbol.slice(open)];
}

function methodOf(match: readonly string[] | null): JavaMethod | null {
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
