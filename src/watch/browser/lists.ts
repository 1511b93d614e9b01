import type { Fallen, GateTally } from '../run-view.js';
import { byId, make } from './elements.js';

const VERDICTS = ['pass', 'warn', 'invalid', 'unknown'] as const;

export function showGates(gates: readonly GateTally[]): void {
  const body = byId('gates').querySelector('tbody');
  if (body === null) throw new Error('the page has no table of gates');
  body.replaceChildren(
    ...gates.map((tally) => {
      const head = make('th', { text: tally.gate });
      head.setAttribute('scope', 'row');
      const counts = VERDICTS.map((verdict) =>
        make('td', { text: String(tally[verdict]), className: tally[verdict] === 0 ? 'none' : verdict }),
      );
      return make('tr', {}, [head, ...counts]);
    }),
  );
}

export function showFallen(fallen: readonly Fallen[]): void {
  byId('nothing-fallen').hidden = fallen.length > 0;
  byId('fallen').replaceChildren(
    ...fallen.map(({ name, verdict, gate, message }) =>
      make('li', {}, [
        make('span', { text: verdict === 'warn' ? 'warning' : verdict, className: `verdict ${verdict}` }),
        make('strong', { text: name }),
        make('span', { text: gate === null ? message : `${gate}: ${message}` }),
      ]),
    ),
  );
}

export function showNotes(notes: readonly string[]): void {
  byId('notes').replaceChildren(...notes.map((note) => make('li', { text: note })));
}
