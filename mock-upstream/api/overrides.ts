import { type Fault, parseFault } from '../../common/fault.js';
import { type LatencyModel, parseLatency } from '../../common/latency.js';
import { type CountModel, parseTokenCounts } from '../../common/token-counts.js';
import { ApiError } from './api-error.js';

/** What one request wants otherwise than the flags say; null where it says nothing. */
export interface Overrides {
  latency: LatencyModel | null;
  ttft: LatencyModel | null;
  gap: LatencyModel | null;
  outputTokens: CountModel | null;
  text: string | null;
  /** `none` for an answer without the faults that the flags would give it. */
  fault: Fault | 'none' | null;
}

const NONE: Readonly<Overrides> = { latency: null, ttft: null, gap: null, outputTokens: null, text: null, fault: null };

const PREFIX = 'x-mock-';

type Setter = (overrides: Overrides, value: string) => string | null;

const HEADERS = new Map<string, Setter>([
  ['x-mock-latency', latencySetter('latency')],
  ['x-mock-ttft', latencySetter('ttft')],
  ['x-mock-gap', latencySetter('gap')],
  ['x-mock-output-tokens', setOutputTokens],
  ['x-mock-text', setText],
  ['x-mock-fault', setFault],
]);

/** Read the `x-mock-…` headers of a request. @throws ApiError */
export function readOverrides(headers: ReadonlyMap<string, string>): Readonly<Overrides> {
  let overrides: Overrides | null = null;
  for (const [name, value] of headers) {
    if (!name.startsWith(PREFIX)) continue;
    const set = HEADERS.get(name);
    if (!set) throw new ApiError(400, `there is no header ${name}: there are ${[...HEADERS.keys()].join(', ')}`);
    overrides ??= { ...NONE };
    const complaint = set(overrides, value);
    if (complaint !== null) throw new ApiError(400, `${name} can't be "${value}": ${complaint}`);
  }
  return overrides ?? NONE;
}

function latencySetter(name: 'latency' | 'ttft' | 'gap'): Setter {
  return (overrides, value) => {
    const parsed = parseLatency(value);
    if (!parsed.ok) return parsed.why;
    overrides[name] = parsed.model;
    return null;
  };
}

function setOutputTokens(overrides: Overrides, value: string): string | null {
  const parsed = parseTokenCounts(value);
  if (!parsed.ok) return parsed.why;
  overrides.outputTokens = parsed.model;
  return null;
}

function setText(overrides: Overrides, value: string): string | null {
  // Headers are read as Latin-1; people send UTF-8.
  overrides.text = Buffer.from(value, 'latin1').toString('utf8');
  return null;
}

function setFault(overrides: Overrides, value: string): string | null {
  if (value === 'none') {
    overrides.fault = 'none';
    return null;
  }
  const parsed = parseFault(value);
  if (!parsed.ok) return parsed.why;
  overrides.fault = parsed.value;
  return null;
}
