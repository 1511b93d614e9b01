/** An element of the page. @throws Error if the page doesn't match this script */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** Creates an element with text, never HTML: titles and messages come from elsewhere. */
export function make(tag: string, { text = '', className = '' } = {}, children: readonly Node[] = []): HTMLElement {
  const made = document.createElement(tag);
  if (text !== '') made.textContent = text;
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** For screen readers alone. */
export function unseen(text: string): HTMLElement {
  return make('span', { text, className: 'visually-hidden' });
}

/** Sets text where it differs: what doesn't change isn't drawn again. */
export function setText(id: string, text: string): void {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}
