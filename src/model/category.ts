import { z } from 'zod';

/** What CPU time is spent on. The order is the one in which tables and bars show them. */
export const CATEGORIES = [
  'network',
  'http',
  'tls',
  'json',
  'compression',
  'own',
  'auth',
  'routing',
  'logging',
  'allocation',
  'gc',
  'locks',
  'scheduling',
  'runtime',
  'kernel-other',
  'unknown',
] as const;
export const Category = z.enum(CATEGORIES);
export type Category = z.infer<typeof Category>;

function isRegularExpression(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
const Pattern = z.string().refine(isRegularExpression, { message: 'a regular expression' });

/**
 * Frames of which a category is known. All patterns that are given must match; they are regular expressions.
 * A weak rule holds only for a stack in which no frame matches a strong one. A strong rule of category `unknown` is a
 * border, which frames above it (nearer to the root) say nothing across: an event loop runs what others have put off.
 */
export const CategoryRule = z
  .strictObject({
    category: Category,
    name: Pattern.optional(),
    file: Pattern.optional(),
    module: Pattern.optional(),
    weak: z.boolean().default(false),
  })
  .refine(({ name, file, module }) => name !== undefined || file !== undefined || module !== undefined, {
    message: 'give at least one of name, file and module',
  });
export type CategoryRule = z.infer<typeof CategoryRule>;
