import type { Frame, FrameKind } from '../../model/profile.js';
import { javaMethod } from '../symbols/java-symbol.js';
import { foldedFrame } from './folded.js';
import { foldedLines } from './folded-lines.js';
import { type FoldedDialect, FoldedParser, type FoldedPart } from './folded-parser.js';
import type { ProfileFormat } from './format.js';

/** `[http-nio-8080-exec-1 tid=4711]`, at the root with `--threads`; `[tid=4711]` where the name isn't known. */
const THREAD = /^\[(?:(.*) )?tid=(\d+)\]$/;
/** Compiled, inlined, interpreted, and compiled by C1 (`--ann`). `_[k]` is the kernel's, but see below. */
const MARK = /_\[([jik01])\]$/;
/** A class that was allocated (`_[i]`, or `_[k]` outside a TLAB) or waited for, as the leaf: `java.lang.String[]_[i]`. */
const CLASS = /^(?:[\w$]+\.)+[A-Z][\w$]*(?:\[\])*$/;

/** Folded stacks of a Java program, by async-profiler or by perf with perf-map-agent. */
const JAVA_FOLDED: FoldedDialect = {
  split: (stack) => stack.split(';'),
  part: partOf,
  meta: {},
};

function partOf(text: string): FoldedPart {
  const [isThread, comm, tid] = THREAD.exec(text) ?? [];
  if (isThread !== undefined) return { thread: { tid: Number(tid), ...(comm && { comm }) } };
  const [, mark] = MARK.exec(text) ?? [];
  const symbol = mark === undefined ? text : text.slice(0, -4);
  if (mark !== undefined && CLASS.test(symbol)) return { frame: javaFrame(symbol, null, 'java', symbol) };
  const method = mark === 'k' ? null : javaMethod(symbol);
  if (method) return { frame: javaFrame(method.name, method.package, mark === 'i' ? 'inlined' : 'java', symbol) };
  // Stubs and the interpreter: `call_stub_[j]`.
  if (mark !== undefined && 'j01'.includes(mark)) return { frame: javaFrame(symbol, null, 'java', symbol) };
  return { frame: foldedFrame(text) };
}

function javaFrame(name: string, module: string | null, kind: FrameKind, symbol: string): Frame {
  return { name, file: null, line: null, module, kind, ...(symbol !== name && { rawName: symbol }) };
}

/** What is in (almost) every Java stack, and marks that only async-profiler writes. */
const JAVA = /(?:^|;)L?java[/.][a-z]+[/.]|_\[[01]\](?:;|[ \t])|(?:^|;)\[(?:[^;]* )?tid=\d+\];/;

/** Folded stacks of which some have Java's classes with their packages, or async-profiler's marks. */
export const javaFoldedFormat: ProfileFormat = {
  name: 'java-folded',
  title: "async-profiler's collapsed stacks",
  kind: 'streamed',
  detect: (start) => (foldedLines(start) ?? []).some((line) => JAVA.test(line)),
  parser: (title) => new FoldedParser(JAVA_FOLDED, title),
};
