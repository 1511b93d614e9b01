import { formatEnd, formatFinished, formatLeft, formatOutcomes } from '../format-run.js';
import type { RunView } from '../run-view.js';
import { CurrentSection } from './current.js';
import { byId, setText } from './elements.js';
import { showGrid } from './grid.js';
import { showFallen, showGates, showNotes } from './lists.js';

const view: RunView = JSON.parse(byId('view').textContent ?? '');
const current = new CurrentSection();

/** Draws what has changed, and nothing else: the machine has better things to do. */
function show(changed: Partial<RunView>): void {
  Object.assign(view, changed);
  if (changed.head !== undefined) {
    setText('title', view.head.title);
    setText('setup', `engine ${view.head.engine}, upstream ${view.head.upstream}`);
  }
  if (changed.grid !== undefined) showGrid(view.grid);
  if (changed.gates !== undefined) showGates(view.gates);
  if (changed.fallen !== undefined) showFallen(view.fallen);
  if (changed.notes !== undefined) showNotes(view.notes);
  if (changed.progress !== undefined || changed.current !== undefined) {
    current.show(view.current, view.progress);
    showProgress();
  }
  if (changed.end !== undefined && view.end !== null) showEnd();
}

function showProgress(): void {
  const { progress, end } = view;
  const { runLeftS, share } = progress;
  const left = runLeftS === null || end !== null ? '' : ` · ${formatLeft(runLeftS)} left, until ${clock(runLeftS)}`;
  setText('progress-label', `${formatFinished(progress)}${left}`);
  byId('progress').setAttribute('value', share.toFixed(4));
  document.title = `${progress.finished}/${progress.total} ${end === null ? '' : `${end.kind} `}· gatebench`;
}

function showEnd(): void {
  const outcomes = formatOutcomes(view.progress);
  status(`This run is over: ${formatEnd(view)}${outcomes === '' ? '' : ` (${outcomes})`}.`, view.end?.kind ?? '');
}

function status(text: string, kind: string): void {
  setText('status', text);
  byId('status').className = kind;
}

function clock(secondsFromNow: number): string {
  return new Date(Date.now() + secondsFromNow * 1000).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
}

function listen(): void {
  const events = new EventSource(`events${location.search}`);
  let isOver = false;
  events.onopen = () => status('', '');
  events.onmessage = ({ data }) => show(JSON.parse(data));
  events.addEventListener('end', () => {
    isOver = true;
    events.close();
  });
  events.onerror = () => {
    if (isOver) return;
    const forGood = events.readyState === EventSource.CLOSED;
    status(`Nothing is heard of the run${forGood ? ' any more' : '; trying again'}. Below is what was known.`, 'lost');
  };
}

show({ ...view });
if (view.end === null) listen();
document.documentElement.dataset.ready = '';
