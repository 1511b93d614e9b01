/** Colours of what the script draws, as the style sheet has them now. */
export interface Theme {
  name: 'light' | 'dark';
  paper: string;
  ink: string;
  muted: string;
  line: string;
  shade: string;
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const print = matchMedia('print');

export function themeNow(): Theme {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    name: dark.matches && !isPrinting() ? 'dark' : 'light',
    paper: colour('paper'),
    ink: colour('ink'),
    muted: colour('muted'),
    line: colour('line'),
    shade: colour('raised'),
  };
}

export function isPrinting(): boolean {
  return document.documentElement.dataset.print !== undefined;
}

/**
 * Redraw where colours change, and prepare the page for paper: there everything is light and open.
 * @param redraw called after each change
 */
export function watchTheme(redraw: () => void): void {
  const opened: HTMLDetailsElement[] = [];
  const begin = () => {
    if (isPrinting()) return;
    document.documentElement.dataset.print = '';
    for (const each of document.querySelectorAll<HTMLDetailsElement>('details:not([open])')) {
      each.open = true;
      opened.push(each);
    }
    redraw();
  };
  const end = () => {
    if (!isPrinting()) return;
    delete document.documentElement.dataset.print;
    for (const each of opened.splice(0)) each.open = false;
    redraw();
  };
  addEventListener('beforeprint', begin);
  addEventListener('afterprint', end);
  // Browsers that preview a page for paper tell it so, and fire no event.
  print.addEventListener('change', ({ matches }) => (matches ? begin() : end()));
  dark.addEventListener('change', redraw);
}
