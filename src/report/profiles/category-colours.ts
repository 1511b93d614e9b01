import { CATEGORIES, type Category } from '../../model/category.js';
import { CATEGORY_WORDS } from '../../profiles/categories/format-category.js';

/** How a category is called and coloured, the same in pages, pictures and tables. */
export interface CategoryStyle {
  /** Short, for legends and tables. */
  label: string;
  /** What belongs to it, for a reader who asks. */
  meaning: string;
  /** `#rrggbb`; black text can be read on it. */
  colour: string;
}

/**
 * Sixteen colours can't all be told apart by everybody, so words stand beside them everywhere. They begin with Paul
 * Tol's light scheme (https://sronpersonalpages.nl/~pault/), made for text on it, and were moved until the closest pairs
 * were as far apart as they go, for normal, deuteranopic and protanopic sight alike; the test holds the distances.
 */
const COLOURS: Record<Category, Omit<CategoryStyle, 'label'>> = {
  network: { meaning: 'sockets, in the kernel and around it', colour: '#7bbbf1' },
  http: { meaning: 'reading and writing HTTP messages, clients and servers', colour: '#77e9ff' },
  tls: { meaning: 'encryption of connections', colour: '#3cb58c' },
  json: { meaning: 'reading, writing and checking JSON', colour: '#f5e98b' },
  compression: { meaning: 'gzip, brotli and the like', colour: '#b1973c' },
  own: {
    meaning: 'what its authors wrote, and no other category claims',
    colour: '#ff9f73',
  },
  auth: { meaning: 'keys, tokens and permissions', colour: '#ffa5af' },
  routing: { meaning: 'which handler, provider or model a request goes to', colour: '#b36cb0' },
  logging: { meaning: 'logs, metrics and traces', colour: '#bbcc33' },
  allocation: { meaning: 'getting memory, page faults too', colour: '#fcddb3' },
  gc: { meaning: 'finding and freeing what isn’t used any more', colour: '#af7647' },
  locks: { meaning: 'futexes, mutexes: taking, waiting for and handing over', colour: '#c86567' },
  scheduling: {
    meaning: 'which thread or task runs next, event loops, polling',
    colour: '#7d88db',
  },
  runtime: { meaning: 'interpreter, compiler and the language’s own library', colour: '#d4afd1' },
  'kernel-other': {
    meaning: 'system calls and interrupts of no other category',
    colour: '#8a8d98',
  },
  unknown: {
    meaning: 'addresses that nothing could name, or code that no rule knows',
    colour: '#dddddd',
  },
};

/** The words are those of sentences, with a capital, so that a page and a finding speak of the same thing. */
export const CATEGORY_STYLE = Object.fromEntries(
  CATEGORIES.map((category): [Category, CategoryStyle] => {
    const words = CATEGORY_WORDS[category];
    return [category, { label: words.charAt(0).toUpperCase() + words.slice(1), ...COLOURS[category] }];
  }),
) as Record<Category, CategoryStyle>;

/** By the category's place in CATEGORIES, as packed trees hold it. */
export const CATEGORY_LIST = CATEGORIES.map((id) => ({
  id,
  label: CATEGORY_STYLE[id].label,
  colour: CATEGORY_STYLE[id].colour,
}));
