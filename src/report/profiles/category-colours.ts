import { CATEGORIES, type Category } from '../../model/category.js';
import { CATEGORY_NAMES } from '../../profiles/categories/category-table.js';

/** A category's label and colour, the same in pages, pictures and tables. */
interface CategoryStyle {
  /** Short, for legends and tables. */
  label: string;
  /** What it includes. */
  meaning: string;
  /** `#rrggbb`; black text can be read on it. */
  colour: string;
}

/**
 * Not everybody can tell sixteen colours apart, so labels go with them everywhere. Based on Paul Tol's light scheme
 * (https://sronpersonalpages.nl/~pault/), made for text on it, and adjusted to keep the closest pairs as far apart as
 * possible for normal, deuteranopic and protanopic sight. A test checks the distances.
 */
const COLOURS: Record<Category, Omit<CategoryStyle, 'label'>> = {
  network: { meaning: 'sockets, in the kernel and outside of it', colour: '#7bbbf1' },
  http: { meaning: 'parsing and writing HTTP messages, as client and server', colour: '#77e9ff' },
  tls: { meaning: 'encrypting connections', colour: '#3cb58c' },
  json: { meaning: 'parsing, writing and validating JSON', colour: '#f5e98b' },
  compression: { meaning: 'gzip, brotli and the like', colour: '#b1973c' },
  own: {
    meaning: 'code of its authors that is in no other category',
    colour: '#ff9f73',
  },
  auth: { meaning: 'keys, tokens and permissions', colour: '#ffa5af' },
  routing: { meaning: 'choosing the handler, provider or model of a request', colour: '#b36cb0' },
  logging: { meaning: 'logs, metrics and traces', colour: '#bbcc33' },
  allocation: { meaning: 'allocating memory, with page faults', colour: '#fcddb3' },
  gc: { meaning: 'finding and freeing unused memory', colour: '#af7647' },
  locks: { meaning: 'taking, waiting for and releasing futexes and mutexes', colour: '#c86567' },
  scheduling: {
    meaning: 'choosing the next thread or task, event loops, polling',
    colour: '#7d88db',
  },
  runtime: { meaning: 'interpreter, compiler and standard library', colour: '#d4afd1' },
  'kernel-other': {
    meaning: 'system calls and interrupts of no other category',
    colour: '#8a8d98',
  },
  unknown: {
    meaning: 'code without a name, or that matches no rule',
    colour: '#dddddd',
  },
};

/** Labels are the names in findings, capitalised. */
export const CATEGORY_STYLE = Object.fromEntries(
  CATEGORIES.map((category): [Category, CategoryStyle] => {
    const name = CATEGORY_NAMES[category];
    return [category, { label: name.charAt(0).toUpperCase() + name.slice(1), ...COLOURS[category] }];
  }),
) as Record<Category, CategoryStyle>;

/** By index in CATEGORIES, as in packed trees. */
export const CATEGORY_LIST = CATEGORIES.map((id) => ({
  id,
  label: CATEGORY_STYLE[id].label,
  colour: CATEGORY_STYLE[id].colour,
}));
