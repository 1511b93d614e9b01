import { CATEGORIES, type Category } from '../../model/category.js';

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
export const CATEGORY_STYLE: Record<Category, CategoryStyle> = {
  network: { label: 'Network', meaning: 'sockets, in the kernel and around it', colour: '#7bbbf1' },
  http: { label: 'HTTP', meaning: 'reading and writing HTTP messages, clients and servers', colour: '#77e9ff' },
  tls: { label: 'TLS', meaning: 'encryption of connections', colour: '#3cb58c' },
  json: { label: 'JSON', meaning: 'reading, writing and checking JSON', colour: '#f5e98b' },
  compression: { label: 'Compression', meaning: 'gzip, brotli and the like', colour: '#b1973c' },
  own: {
    label: 'Gateway’s own code',
    meaning: 'what its authors wrote, and no other category claims',
    colour: '#ff9f73',
  },
  auth: { label: 'Authentication', meaning: 'keys, tokens and permissions', colour: '#ffa5af' },
  routing: { label: 'Routing', meaning: 'which handler, provider or model a request goes to', colour: '#b36cb0' },
  logging: { label: 'Logging and metrics', meaning: 'logs, metrics and traces', colour: '#bbcc33' },
  allocation: { label: 'Allocation', meaning: 'getting memory, page faults too', colour: '#fcddb3' },
  gc: { label: 'Garbage collection', meaning: 'finding and freeing what isn’t used any more', colour: '#af7647' },
  locks: { label: 'Futex and locks', meaning: 'taking, waiting for and handing over locks', colour: '#c86567' },
  scheduling: {
    label: 'Scheduling',
    meaning: 'which thread or task runs next, event loops, polling',
    colour: '#7d88db',
  },
  runtime: { label: 'Runtime', meaning: 'interpreter, compiler and the language’s own library', colour: '#d4afd1' },
  'kernel-other': {
    label: 'Other kernel',
    meaning: 'system calls and interrupts of no other category',
    colour: '#8a8d98',
  },
  unknown: {
    label: 'Unknown',
    meaning: 'addresses that nothing could name, or code that no rule knows',
    colour: '#dddddd',
  },
};

/** By the category's place in CATEGORIES, as packed trees hold it. */
export const CATEGORY_LIST = CATEGORIES.map((id) => ({
  id,
  label: CATEGORY_STYLE[id].label,
  colour: CATEGORY_STYLE[id].colour,
}));
