import { type Figures, medianRows, type Row, type TrialOutcome } from '../../../src/app/selfbench/figures.js';
import type { Trial } from '../../../src/app/selfbench/trials.js';

export function aTrial(trial: Partial<Trial> = {}): Trial {
  return {
    engine: 'native',
    upstream: 'mock',
    latency: '60ms',
    vus: 1000,
    processes: 1,
    againstTruth: false,
    ...trial,
  };
}

function someFigures(figures: Partial<Figures> = {}): Figures {
  return {
    ratePerSec: 16_300,
    p50Us: 60_300,
    p99Us: 61_000,
    p999Us: 62_000,
    failed: 0,
    balanced: true,
    engineCpuUs: 16,
    upstreamCpuUs: 20,
    errors: [],
    ...figures,
  };
}

export function measured(trial: Partial<Trial>, figures: Partial<Figures> = {}, round = 1): TrialOutcome {
  return { round, trial: aTrial(trial), kind: 'measured', figures: someFigures(figures) };
}

export function rowsOf(...outcomes: TrialOutcome[]): Row[] {
  return medianRows(outcomes);
}
