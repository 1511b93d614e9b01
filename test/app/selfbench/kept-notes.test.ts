import { describe, expect, it } from 'vitest';
import { NOTES_MARK, withKeptNotes } from '../../../src/app/selfbench/kept-notes.js';

describe('notes below the figures', () => {
  it('have a place from the start', () => {
    expect(withKeptNotes('# Figures\n', null)).toBe(`# Figures\n\n${NOTES_MARK}\n`);
  });

  it('stay when the figures are replaced, however often', () => {
    const written = `${withKeptNotes('# Old\n', null)}\n## What limits it\n\nThe kernel.\n`;
    const once = withKeptNotes('# New\n', written);
    expect(once).toBe(`# New\n\n${NOTES_MARK}\n\n## What limits it\n\nThe kernel.\n`);
    expect(withKeptNotes('# New\n', once)).toBe(once);
  });

  it('are nothing of a file that has no place for them', () => {
    expect(withKeptNotes('# New\n', 'something else')).toBe(`# New\n\n${NOTES_MARK}\n`);
  });
});
