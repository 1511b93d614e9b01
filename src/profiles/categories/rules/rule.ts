import type { Category, CategoryRule } from '../../../model/category.js';

/** A rule for functions with these names. */
export const named = (category: Category, name: string): CategoryRule => ({ category, name, weak: false });
/** A rule for functions in these source files. */
export const inFile = (category: Category, file: string): CategoryRule => ({ category, file, weak: false });
/** A rule for functions in these binaries or packages. */
export const inModule = (category: Category, module: string): CategoryRule => ({ category, module, weak: false });
/** A rule for functions that run deferred work of others, such as an event loop: their callers say nothing about it. */
export const border = (rule: CategoryRule): CategoryRule => ({ ...rule, category: 'unknown', weak: false });
/** The same rule, but only for stacks that match no strong rule. */
export const weakly = (rule: CategoryRule): CategoryRule => ({ ...rule, weak: true });
