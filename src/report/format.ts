/** The names that these functions had before they moved to lib/format. */
export {
  ABSENT,
  formatDecimal as decimal,
  formatRate as rate,
  formatVus,
  tabulateMilliseconds as milliseconds,
  tabulateShare as percent,
} from '../lib/format.js';
