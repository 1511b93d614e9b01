import type { Category, CategoryRule } from '../../model/category.js';
import type { Frame, FrameKind } from '../../model/profile.js';
import { CPP_RULES } from './rules/cpp.js';
import { DOTNET_FRAME_RULES, DOTNET_RULES } from './rules/dotnet.js';
import { GO_RULES } from './rules/go.js';
import { JVM_RULES } from './rules/jvm.js';
import { KERNEL_RULES } from './rules/kernel.js';
import { LUA_RULES } from './rules/lua.js';
import { NATIVE_RULES } from './rules/native.js';
import { NGINX_RULES } from './rules/nginx.js';
import { NODE_RULES } from './rules/node.js';
import { PYTHON_RULES } from './rules/python.js';
import { ownCrateRules, RUST_RULES } from './rules/rust.js';

/** A rule with compiled patterns. */
interface CompiledRule {
  category: Category;
  weak: boolean;
  name: RegExp | null;
  file: RegExp | null;
  module: RegExp | null;
}

const compilePattern = (pattern: string | undefined) => (pattern === undefined ? null : new RegExp(pattern));

const compileRule = ({ category, weak, name, file, module }: CategoryRule): CompiledRule => ({
  category,
  weak,
  name: compilePattern(name),
  file: compilePattern(file),
  module: compilePattern(module),
});

/** Unknown fields count as empty, so that `^$` matches them. */
function holds(rule: CompiledRule, { name, file, module }: Frame): boolean {
  return (
    (rule.name?.test(name) ?? true) &&
    (rule.file?.test(file ?? '') ?? true) &&
    (rule.module?.test(module ?? '') ?? true)
  );
}

/** A gateway's own rules, followed by the general ones. */
export class RuleBook {
  readonly #own: readonly CompiledRule[];
  readonly #crates: readonly CategoryRule[];
  readonly #byKind = new Map<FrameKind, CompiledRule[]>();

  /**
   * @param frames of the profile
   * @throws SyntaxError for an invalid pattern; the schema has checked those of manifests
   */
  constructor(own: readonly CategoryRule[], frames: readonly Frame[]) {
    this.#own = own.map(compileRule);
    this.#crates = ownCrateRules(frames.filter(({ kind }) => ANY_NATIVE_KINDS.has(kind)).map(({ name }) => name));
  }

  /** The first rule of a strength that matches a frame, and whether it is the gateway's own. */
  first(frame: Frame, weak: boolean): { category: Category; own: boolean } | null {
    const rules = this.#rulesFor(frame.kind);
    const index = rules.findIndex((rule) => rule.weak === weak && holds(rule, frame));
    const rule = rules[index];
    return rule ? { category: rule.category, own: index < this.#own.length } : null;
  }

  #rulesFor(kind: FrameKind): CompiledRule[] {
    const known = this.#byKind.get(kind);
    if (known) return known;
    const rules = [...this.#own, ...this.#generalRules(kind).map(compileRule)];
    this.#byKind.set(kind, rules);
    return rules;
  }

  #generalRules(kind: FrameKind): readonly CategoryRule[] {
    return ANY_NATIVE_KINDS.has(kind) ? [...rulesFor(kind), ...this.#crates] : rulesFor(kind);
  }
}

const ANY_NATIVE_KINDS: ReadonlySet<FrameKind> = new Set(['native', 'inlined', 'unknown']);

/** Native frames may be anything: Node has C++, Python extensions Rust, and Go isn't always recognised. */
const ANY_NATIVE: readonly CategoryRule[] = [
  ...NATIVE_RULES.filter(({ weak }) => !weak),
  ...GO_RULES,
  ...NGINX_RULES,
  ...LUA_RULES,
  ...NODE_RULES,
  ...PYTHON_RULES,
  ...JVM_RULES,
  ...DOTNET_RULES,
  ...RUST_RULES,
  ...CPP_RULES,
  ...NATIVE_RULES.filter(({ weak }) => weak),
];

const SCRIPT_OR_JAVA: readonly CategoryRule[] = [...NODE_RULES, ...JVM_RULES];

/** The rules for a kind of frames: a script's `send` isn't the C library's. */
function rulesFor(kind: FrameKind): readonly CategoryRule[] {
  switch (kind) {
    case 'kernel':
      return KERNEL_RULES;
    case 'go':
      return GO_RULES;
    case 'javascript':
      // Some formats mark all code that was compiled at run time alike: Java's too.
      return SCRIPT_OR_JAVA;
    case 'python':
      return PYTHON_RULES;
    case 'lua':
      return LUA_RULES;
    case 'native':
    case 'inlined':
    case 'unknown':
      return ANY_NATIVE;
    case 'java':
      return JVM_RULES;
    case 'dotnet':
      return DOTNET_FRAME_RULES;
    case 'ruby':
    case 'thread':
      return [];
    default:
      return kind satisfies never;
  }
}
