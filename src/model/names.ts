import { z } from 'zod';

/** A name that is safe as a folder, a cell id part and a command-line word. */
export const Name = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'lower-case letters, digits, "-", "_" and "." only');

/** A port a user process may listen on. */
export const Port = z.number().int().min(1).max(65535);
