import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import GithubSlugger from 'github-slugger';
import { marked, type Token } from 'marked';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';

/** Every Markdown file of the repository, relative to its root. */
export function markdownFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '*.md'];
  return execFileSync('git', args, { cwd: PACKAGE_ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
}

/** What a page links to and shows, in Markdown and in HTML, as written. */
export function targetsOf(file: string): string[] {
  const targets: string[] = [];
  walk(file, (token) => {
    if (token.type === 'link' || token.type === 'image') targets.push(token.href);
    if (token.type === 'html') {
      for (const [, target] of token.raw.matchAll(/\s(?:href|src|srcset)="([^"\s]+)"/g)) targets.push(target ?? '');
    }
  });
  return targets;
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(file: string): Set<string> {
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  walk(file, (token) => {
    if (token.type === 'heading') anchors.add(slugger.slug(plainText(token.tokens ?? [])));
  });
  return anchors;
}

function walk(file: string, onToken: (token: Token) => void): void {
  marked.walkTokens(marked.lexer(readFileSync(join(PACKAGE_ROOT, file), 'utf8')), onToken);
}

function plainText(tokens: readonly Token[]): string {
  return tokens.map((token) => ('tokens' in token && token.tokens ? plainText(token.tokens) : plainOf(token))).join('');
}

function plainOf(token: Token): string {
  return 'text' in token && typeof token.text === 'string' ? token.text : token.raw;
}
