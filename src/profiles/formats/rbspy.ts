import type { Frame } from '../../model/profile.js';
import { foldedLines } from './folded-lines.js';
import { type FoldedDialect, FoldedParser } from './folded-parser.js';
import type { ProfileFormat } from './format.js';

/** `block in call - app/server.rb:12`, `sleep [c function] - (unknown)`. */
const FRAME = /^(.*) - (.*?)(?::(\d+))?$/s;

/** The folded stacks of `rbspy record --format collapsed`: Ruby methods with the file and line that ran. */
const RBSPY: FoldedDialect = {
  split: (stack) => stack.split(';'),
  part: (text) => ({ frame: rubyFrame(text) }),
  meta: { tool: 'rbspy', event: 'wall-clock' },
};

function rubyFrame(text: string): Frame {
  const [, name = text, place = '(unknown)'] = FRAME.exec(text) ?? [];
  const cFunction = / \[c function\]$/;
  if (place === '(unknown)' || cFunction.test(name)) {
    return { name: name.replace(cFunction, ''), file: null, line: null, module: 'ruby', kind: 'native' };
  }
  // The line is the one that ran, not the method's first: keeping it would split methods.
  return { name, file: place, line: null, module: gemOfFile(place), kind: 'ruby' };
}

/** `rack` of `/usr/lib/ruby/gems/3.1.0/gems/rack-2.2.4/lib/rack.rb`; `ruby` for the standard library. */
function gemOfFile(file: string): string | null {
  const [, gem] = /\/gems\/([^/]+?)-\d[\w.]*\//.exec(file) ?? [];
  if (gem !== undefined) return gem;
  return /(?:^|\/)ruby\/\d\.\d\.\d\//.test(file) ? 'ruby' : null;
}

const RUBY_FRAME = / - (?:[^;]*\.rb|\(eval[^;]*\)|<internal:[^;]*>):\d+(?:;|[ \t])/;

/** Folded stacks, most of them with a Ruby file and line. */
export const rbspyFormat: ProfileFormat = {
  name: 'rbspy',
  title: 'rbspy collapsed',
  kind: 'streamed',
  detect(start) {
    const lines = foldedLines(start) ?? [];
    return lines.filter((line) => RUBY_FRAME.test(line)).length > lines.length / 2;
  },
  parser: (title) => new FoldedParser(RBSPY, title),
};
