import type { CategoryRule } from '../../../model/category.js';
import type { FrameKind } from '../../../model/profile.js';
import { GO_RULES } from './go.js';
import { KERNEL_RULES } from './kernel.js';
import { LUA_RULES } from './lua.js';
import { NATIVE_RULES } from './native.js';
import { NGINX_RULES } from './nginx.js';
import { NODE_RULES } from './node.js';
import { PYTHON_RULES } from './python.js';

/** A native frame may be of anything: a Node process holds C++, a Python one Rust, and Go's is marked only once known. */
const ANY_NATIVE: readonly CategoryRule[] = [
  ...NATIVE_RULES.filter(({ weak }) => !weak),
  ...GO_RULES,
  ...NGINX_RULES,
  ...LUA_RULES,
  ...NODE_RULES,
  ...PYTHON_RULES,
  ...NATIVE_RULES.filter(({ weak }) => weak),
];

/** The rules for frames of a kind. A script's function called `send` isn't the C library's. */
export function rulesFor(kind: FrameKind): readonly CategoryRule[] {
  switch (kind) {
    case 'kernel':
      return KERNEL_RULES;
    case 'go':
      return GO_RULES;
    case 'javascript':
      return NODE_RULES;
    case 'python':
      return PYTHON_RULES;
    case 'lua':
      return LUA_RULES;
    case 'native':
    case 'inlined':
    case 'unknown':
      return ANY_NATIVE;
    default:
      return kind satisfies never;
  }
}
