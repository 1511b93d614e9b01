import type { NamedFrame } from './page-data.js';

type Placed = Pick<NamedFrame, 'name' | 'file' | 'module' | 'kind'>;

/** Modules that say nothing of what a function is part of: code that a runtime generated, and programs. */
const SHARED_LIBRARY = /\.(?:so|dylib|dll)\b/;
const GENERATED = /^\[?(?:jit|anon|unknown|heap|stack|memfd\b.*)\]?$|^\/\/anon|perf-\d+\.map$|jitted-\d+-\d+\.so$|^$/;

/** `io.netty` of `io.netty.channel.Channel.flush`, also as `Lio/netty/channel/Channel;::flush`. */
const JAVA_PACKAGE = /^L?((?:[a-z_][\w$]*[./]){2,})[\w$]+/;
/** `System.Net.Http` of `[System.Net.Http] System.Net.Http.HttpClient::Send` and of `System.Net.Http!System.Net…`. */
const DOTNET_ASSEMBLY = /\[([A-Za-z][\w.-]*)\] [\w.]+|^([A-Z][\w.-]+?)(?:\.il|\.ni)?!/;
/** `tokio` of `tokio::runtime::park` and of `<tokio::time::Sleep as core::future::Future>::poll`. */
const NAMESPACE = /^(?:<|&|mut |dyn |\*const |non-virtual thunk to |virtual thunk to )*([A-Za-z_]\w*)::/;

/**
 * What a function is a part of, for colours: its library or package. The module that the profiler names, if that is a
 * library; for a program or generated code, what the function's name says: a Java package, .NET assembly, C++ namespace or
 * Rust crate; for a script its package, or its file. Empty where nothing says it.
 */
export function libraryOf({ name, file, module, kind }: Placed): string {
  switch (kind) {
    case 'native':
    case 'inlined':
      return SHARED_LIBRARY.test(module) && !GENERATED.test(module) ? module : (namedLibrary(name) ?? known(module));
    case 'unknown':
      return known(module);
    case 'javascript':
      // Some formats mark all code that was compiled at run time alike: Java's too.
      if (file === '' && JAVA_PACKAGE.test(name)) return namedLibrary(name) ?? '';
      return GENERATED.test(module) ? ofScript(file) : module;
    case 'python':
    case 'lua':
    case 'ruby':
      return GENERATED.test(module) ? ofScript(file) : module;
    case 'java':
      return namedLibrary(name) ?? known(module);
    case 'kernel':
    case 'go':
    case 'dotnet':
      return module;
    case 'thread':
      return '';
    default:
      return kind satisfies never;
  }
}

function known(module: string): string {
  return GENERATED.test(module) ? '' : module;
}

function namedLibrary(name: string): string | null {
  const assembly = DOTNET_ASSEMBLY.exec(name);
  if (assembly) return assembly[1] ?? assembly[2] ?? null;
  const javaPackage = JAVA_PACKAGE.exec(name)?.[1];
  if (javaPackage !== undefined) return javaPackage.split(/[./]/).slice(0, 2).join('.');
  return NAMESPACE.exec(name)?.[1] ?? null;
}

function ofScript(file: string): string {
  const inPackage = /.*\/(?:node_modules|site-packages|dist-packages)\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
  return inPackage ?? file.slice(file.lastIndexOf('/') + 1);
}
