import type { Category, CategoryRule } from '../../model/category.js';
import type { Frame, FrameKind } from '../../model/profile.js';
import { rulesFor } from './rules/rules.js';

/** A rule of which the patterns are ready. */
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

/** A field that the tool doesn't know counts as empty, so that `^$` asks for just that. */
function holds(rule: CompiledRule, { name, file, module }: Frame): boolean {
  return (
    (rule.name?.test(name) ?? true) &&
    (rule.file?.test(file ?? '') ?? true) &&
    (rule.module?.test(module ?? '') ?? true)
  );
}

/** A gateway's own rules and the general ones behind them, for frames of any kind. */
export class RuleBook {
  readonly #own: readonly CompiledRule[];
  readonly #byKind = new Map<FrameKind, CompiledRule[]>();

  /** @throws SyntaxError where a pattern is no regular expression; the schema has checked those of manifests */
  constructor(own: readonly CategoryRule[]) {
    this.#own = own.map(compileRule);
  }

  /** The first rule of a strength that knows a frame, and whether it is the gateway's own. */
  first(frame: Frame, weak: boolean): { category: Category; own: boolean } | null {
    const rules = this.#rulesFor(frame.kind);
    const index = rules.findIndex((rule) => rule.weak === weak && holds(rule, frame));
    const rule = rules[index];
    return rule ? { category: rule.category, own: index < this.#own.length } : null;
  }

  #rulesFor(kind: FrameKind): CompiledRule[] {
    const known = this.#byKind.get(kind);
    if (known) return known;
    const rules = [...this.#own, ...rulesFor(kind).map(compileRule)];
    this.#byKind.set(kind, rules);
    return rules;
  }
}
