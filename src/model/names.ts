import semver from 'semver';
import { z } from 'zod';
import { MAX_PORT } from './bounds.js';

/** Gateway, variant, VUs, repeat and profiler make the name of a cell's folder. */
const MAX_NAME = 64;

/** A name that is safe as a folder, a cell id part and a command-line word. */
export const Name = z
  .string()
  .max(MAX_NAME, `at most ${MAX_NAME} characters`)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'lower-case letters, digits, "-", "_" and "." only');

/** Longest file name, less what is put before the name of a folder that is under way or set aside. */
const MAX_FOLDER_NAME = 200;

/** The name of a folder that the harness makes: one step of a path, never hidden and never `..`. */
export const FolderName = z
  .string()
  .max(MAX_FOLDER_NAME)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a folder name of letters, digits, "-", "_" and "." only');

/** `#rrggbb`. */
export const Colour = z.string().regex(/^#[0-9a-f]{6}$/, 'a colour such as "#1f77b4"');

/** A range of versions, in npm's notation: `>=22.3`, `^1.2`, `>=3.11 <3.14`. */
export const VersionRange = z
  .string()
  .refine((text) => semver.validRange(text) !== null, 'a range of versions, such as ">=22.3" or ">=3.11 <3.14"');

/** A port a user process may listen on. */
export const Port = z.number().int().min(1).max(MAX_PORT);
