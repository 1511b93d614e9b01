import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { anchorsOf, markdownFiles, targetsOf } from '../support/markdown.js';

/** Why a link leads nowhere; null if it is right, or leads out of the repository. */
function faultOf(file: string, target: string): string | null {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return null;
  const [path = '', anchor] = target.split('#');
  const page = path === '' ? file : normalize(join(dirname(file), decodeURI(path)));
  if (page.startsWith('..')) return `${target} is outside of the repository`;
  if (!existsSync(join(PACKAGE_ROOT, page))) return `there is no ${page}`;
  if (anchor === undefined || !page.endsWith('.md')) return null;
  return anchorsOf(page).has(decodeURI(anchor)) ? null : `${page} has no heading #${anchor}`;
}

describe('links in Markdown', () => {
  const files = markdownFiles();

  it('are looked at', () => {
    expect(files).toContain('README.md');
    expect(files.flatMap(targetsOf).length).toBeGreaterThan(100);
  });

  it.each(files)('lead somewhere: %s', (file) => {
    expect(targetsOf(file).flatMap((target) => faultOf(file, target) ?? [])).toEqual([]);
  });

  it('are refused where they lead nowhere', () => {
    expect(faultOf('README.md', 'docs/nowhere.md')).toBe('there is no docs/nowhere.md');
    expect(faultOf('README.md', '#nothing-of-that-name')).toBe('README.md has no heading #nothing-of-that-name');
    expect(faultOf('docs/architecture.md', '../../elsewhere.md')).toBe(
      '../../elsewhere.md is outside of the repository',
    );
    expect(faultOf('README.md', 'docs/methodology.md#validity-gatez')).toContain('no heading');
    expect(faultOf('README.md', 'https://example.com/nowhere')).toBeNull();
  });
});

describe('pictures in the documentation', () => {
  it('are small', () => {
    const pictures = markdownFiles().flatMap((file) =>
      targetsOf(file)
        .filter((target) => /\.(png|svg)$/.test(target) && !target.includes(':'))
        .map((target) => normalize(join(dirname(file), target))),
    );
    for (const picture of new Set(pictures)) {
      expect(statSync(join(PACKAGE_ROOT, picture)).size, picture).toBeLessThan(300_000);
    }
  });
});
