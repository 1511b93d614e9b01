import type { LoadProgress } from '../load/engine.js';
import type { Cell } from '../model/cell.js';
import type { CellRecord, Stage } from '../model/record.js';

/** What happens in a run, for those who watch it. */
export type RunEvent =
  | { type: 'cell-started'; cell: Cell; index: number; total: number; secondsLeftInRun: number }
  | { type: 'stage'; cell: Cell; stage: Stage }
  | { type: 'load'; cell: Cell; progress: LoadProgress }
  | { type: 'cell-finished'; cell: Cell; record: CellRecord; index: number; total: number }
  | { type: 'note'; message: string };

export type OnRunEvent = (event: RunEvent) => void;
