import { z } from 'zod';
import { parseFaultRule, sharesProblem } from '../../common/fault.js';
import { LATENCY_PATTERN, parseLatency } from '../../common/latency.js';
import { parseTokenCounts } from '../../common/token-counts.js';
import { MAX_CHUNK_DELAY_MS } from '../../common/upstream-limits.js';
import { ArrivalDistribution, RatePerSec } from './arrivals.js';
import {
  MAX_DURATION_S,
  MAX_PAUSE_S,
  MAX_REPEATS,
  MAX_SPEED,
  MAX_TIMEOUT_S,
  MAX_VU_LEVELS,
  MAX_VUS,
  MAX_WARMUP_S,
} from './bounds.js';
import { LATENCY_EXAMPLES } from './latency.js';
import { loadProblems } from './load-problems.js';
import { Name } from './names.js';
import { Dialect, mostTokens, RequestPlan, TokenCounts } from './request.js';

/** Virtual users of a closed loop. */
export const Vus = z.number().int().min(1).max(MAX_VUS);

/** The mock upstream's latency, as its `--latency` takes it. */
export const Latency = z
  .string()
  .regex(LATENCY_PATTERN, { error: LATENCY_EXAMPLES, abort: true })
  .superRefine((text, context) => {
    const parsed = parseLatency(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.why });
  });

const MAX_STAGES = 100;
/** Of a recording: 10 replays it in a tenth of its time. */
const Speed = z.number().positive().max(MAX_SPEED);
/** Levels of one load are told apart by their value. */
const differ = (levels: readonly number[]) => new Set(levels).size === levels.length;

/** A part of the window with a level of its own. */
const Stage = z.strictObject({
  /** Whole seconds: a stage's figures are those of its seconds. */
  durationS: z.number().int().min(1).max(MAX_DURATION_S),
  vus: Vus.optional(),
  ratePerSec: RatePerSec.optional(),
  /** The level changes linearly from that of the stage before; else at once. */
  ramp: z.boolean().default(false),
});

/** How hard, and for how long. */
const Load = z
  .strictObject({
    /** Closed: each VU has one request in flight and no think time. Open: requests arrive at a rate, whatever the responses do. */
    model: z.enum(['closed', 'open']).default('closed'),
    /** Of a closed loop. */
    vus: z.array(Vus).max(MAX_VU_LEVELS).refine(differ, { message: 'each VU count once' }).default([]),
    /** Of an open loop: requests a second. */
    ratePerSec: z.array(RatePerSec).min(1).max(MAX_VU_LEVELS).refine(differ, { message: 'each rate once' }).optional(),
    /**
     * Of an open loop: evenly spaced unless it is given. The run's seed decides when those of a Poisson process arrive, the
     * file of `request.replay` when recorded ones do; `ratePerSec` then is the mean that they are squeezed or stretched to.
     */
    arrivals: ArrivalDistribution.optional(),
    /** Of recorded arrivals, in place of `ratePerSec`: how often as fast as recorded. Levels, as rates are; 1 unless it is given. */
    speed: z.array(Speed).min(1).max(MAX_VU_LEVELS).refine(differ, { message: 'each speed once' }).optional(),
    /** Of an open loop: more requests wait, and count as sent late, or as unsent. 1,000 unless it is given. */
    maxInFlight: Vus.optional(),
    /** The window's parts instead of one level. */
    stages: z.array(Stage).min(1).max(MAX_STAGES).optional(),
    warmupS: z.number().min(0).max(MAX_WARMUP_S),
    /** With stages, what they last together. */
    durationS: z.number().positive().max(MAX_DURATION_S).default(0),
    /** Samples of the idle gateway before the load. */
    idleS: z.number().min(0).max(MAX_PAUSE_S).default(2),
    /** Samples of the gateway after the load, before it is stopped. */
    recoveryS: z.number().min(0).max(MAX_PAUSE_S).default(5),
    /** Rest between two cells. */
    cooldownS: z.number().min(0).max(MAX_PAUSE_S).default(5),
    repeats: z.number().int().min(1).max(MAX_REPEATS).default(1),
    /** Time until a request counts as timed out, the same for every gateway. */
    timeoutS: z.number().positive().max(MAX_TIMEOUT_S).default(30),
  })
  .superRefine((load, context) => {
    for (const { path, message } of loadProblems(load)) context.addIssue({ code: 'custom', path, message });
  });

/** Something that goes wrong with an upstream's answers, as the mock's `--fault` takes it. */
const FaultText = z.string().superRefine((text, context) => {
  const parsed = parseFaultRule(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.why });
});

/** What goes wrong, in the mock's syntax: `429(2s):0.05`, `503@10s..25s`. Times count from the window's start; before it, nothing fails. */
const Faults = z
  .array(FaultText)
  .min(1)
  .superRefine((texts, context) => {
    const rules = texts.map(parseFaultRule).flatMap((parsed) => (parsed.ok ? [parsed.value] : []));
    const problem = sharesProblem(rules);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

/** Which connections are over TLS: from the client to the gateway, and from there to the upstream. Those of direct are where any are. */
const Tls = z
  .strictObject({ client: z.boolean().default(false), upstream: z.boolean().default(false) })
  .refine(({ client, upstream }) => client || upstream, {
    message: 'client or upstream has to be true, or tls is left out',
  });

/** `scenarios/<name>.yaml`: the request, the load, and for how long. */
export const Scenario = z
  .strictObject({
    $schema: z.string().optional(),
    schemaVersion: z.literal(1),
    name: Name,
    title: z.string(),
    description: z.string().default(''),
    /** The variant that gateways are measured as where none is named, such as `failover`; those without it are left out. */
    variant: Name.optional(),
    load: Load,
    upstream: z.strictObject({
      /** In the mock's syntax: `60ms`, `lognormal(p50=60ms,p99=200ms)`. */
      latency: Latency,
      streamChunkDelayMs: z.number().int().min(0).max(MAX_CHUNK_DELAY_MS).default(0),
      faults: Faults.optional(),
      /** A second upstream, for gateways that turn to it when the first one fails; another latency shows which one answered. */
      second: z.strictObject({ latency: Latency, faults: Faults.optional() }).optional(),
      /** Tokens of an answer; the published six or seven words where absent. */
      outputTokens: TokenCounts.optional(),
      /** The form in which the gateway is to ask the upstream; that of chat completions where absent. */
      dialect: Dialect.optional(),
    }),
    tls: Tls.optional(),
    request: RequestPlan,
  })
  .superRefine(({ load, request, upstream }, context) => {
    if (load.arrivals === 'recorded' && request.replay === undefined) {
      const message = 'recorded arrivals need request.replay, a file whose lines have times';
      context.addIssue({ code: 'custom', path: ['load', 'arrivals'], message });
    }
    if (upstream.outputTokens === undefined || request.replay !== undefined) return;
    const parsed = parseTokenCounts(String(upstream.outputTokens));
    if (!parsed.ok || Number.isFinite(mostTokens(parsed.model))) return;
    const classes = request.classes ?? [request];
    // What is drawn is known by how its text begins, and that has to end somewhere.
    if (classes.every(({ maxTokens }) => (maxTokens ?? request.maxTokens) !== undefined)) return;
    const message = 'a length without a bound needs maxTokens in each request';
    context.addIssue({ code: 'custom', path: ['upstream', 'outputTokens'], message });
  });
export type Scenario = z.infer<typeof Scenario>;
