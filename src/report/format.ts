/** The names that these functions had before they moved to lib/format. */
export {
  ABSENT,
  formatDecimal as decimal,
  formatRate as rate,
  formatShare as percent,
  formatVus,
  tabulateMilliseconds as milliseconds,
} from '../lib/format.js';
