import { z } from 'zod';

const Count = z.number().int().min(0);

/** What the script of `script.ts` writes when wrk ends. */
export const WrkOutput = z.strictObject({
  /** Whole answers, whatever their status. */
  requests: Count,
  durationUs: Count,
  bytes: Count,
  errors: z.strictObject({
    /** Connections that could not be made; wrk doesn't try these again. */
    connect: Count,
    /** Connections that were reset, closed early, or sent what isn't HTTP. */
    read: Count,
    write: Count,
    /** Answers with a status above 399. */
    status: Count,
    /** Answers that came later than the time-out; what never came is not counted. */
    timeout: Count,
  }),
  /** Microseconds and count, ascending, with wrk's correction in it. */
  latency: z.array(z.tuple([Count, Count])),
  /** Null where answers were not looked at. */
  answers: z
    .strictObject({
      kinds: z.array(z.strictObject({ status: z.number().int(), count: Count, bodyHex: z.string() })),
      /** Answers of further kinds, of which no body was kept. */
      others: Count,
    })
    .nullable(),
});
export type WrkOutput = z.infer<typeof WrkOutput>;
