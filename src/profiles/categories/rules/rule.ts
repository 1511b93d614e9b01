import type { Category, CategoryRule } from '../../../model/category.js';

/** A rule for functions of these names. */
export const named = (category: Category, name: string): CategoryRule => ({ category, name, weak: false });
/** A rule for functions of these source files. */
export const inFile = (category: Category, file: string): CategoryRule => ({ category, file, weak: false });
/** A rule for functions of these binaries or packages. */
export const inModule = (category: Category, module: string): CategoryRule => ({ category, module, weak: false });
/**
 * A rule for functions below which others' work is run that was put off, such as an event loop's: what called them says
 * nothing of what they call.
 */
export const border = (rule: CategoryRule): CategoryRule => ({ ...rule, category: 'unknown', weak: false });
/** The same rule, for stacks only in which no strong one holds. */
export const weakly = (rule: CategoryRule): CategoryRule => ({ ...rule, weak: true });
