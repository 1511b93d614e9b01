import type { CategoryRule } from '../../model/category.js';
import { GO_RULES } from './go.js';
import { LUA_RULES } from './lua.js';
import { NATIVE_RULES } from './native.js';
import { NGINX_RULES } from './nginx.js';
import { NODE_RULES } from './node.js';
import { PYTHON_RULES } from './python.js';

/** For frames outside the kernel, whatever the language: a Node process holds C++ and a Python one Rust. */
export const USER_RULES: readonly CategoryRule[] = [
  ...NATIVE_RULES.filter(({ weak }) => !weak),
  ...GO_RULES,
  ...NGINX_RULES,
  ...LUA_RULES,
  ...NODE_RULES,
  ...PYTHON_RULES,
  ...NATIVE_RULES.filter(({ weak }) => weak),
];
