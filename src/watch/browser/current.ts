import { ABSENT, formatCount, formatMilliseconds } from '../../lib/format.js';
import { formatDoing, formatFailed, formatLeft } from '../format-run.js';
import type { CurrentCell, RunProgress } from '../run-view.js';
import { Chart } from './chart.js';
import { byId, setText } from './elements.js';

/** The cell that is measured now. */
export class CurrentSection {
  readonly #section = byId('current');
  readonly #rate = new Chart(byId('rate-chart'), 'requests per second in each second of the load');
  readonly #p99 = new Chart(byId('p99-chart'), 'p99 of each second of the load');

  show(current: CurrentCell | null, { cellLeftS }: RunProgress): void {
    this.#section.hidden = current === null;
    if (current === null) return;
    const { name, series, load, result } = current;
    const failed = formatFailed(current);
    setText('current-name', name);
    setText('current-doing', failed === '' ? formatDoing(current) : `${formatDoing(current)}, ${failed}`);
    byId('current-doing').className = result === null ? '' : result.kind;
    setText('current-left', cellLeftS === null ? '' : `${formatLeft(cellLeftS)} left in this cell`);
    const rate = result === null ? (load?.ratePerSec ?? null) : result.ratePerSec;
    const p99Us = result === null ? (load?.p99Us ?? null) : result.p99Us;
    const rateText = rate === null ? ABSENT : `${formatCount(rate)} req/s`;
    const p99Text = p99Us === null ? ABSENT : formatMilliseconds(p99Us);
    setText('rate-now', rateText);
    setText('p99-now', p99Text);
    setText('rate-most', mostOf(series.ratesPerSec, formatCount));
    setText('p99-most', mostOf(series.p99sUs, formatMilliseconds));
    setText('silent', series.silent ?? '');
    this.#rate.draw(series.ratesPerSec, series, rateText);
    this.#p99.draw(series.p99sUs, series, p99Text);
  }
}

function mostOf(values: readonly (number | null)[], format: (value: number) => string): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  return most === 0 ? '' : `most in a second ${format(most)}`;
}
