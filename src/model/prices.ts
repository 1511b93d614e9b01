import { z } from 'zod';

/** Dearer than any: a price per month or per second would be wrong by more than this. */
const MAX_PER_HOUR = 100;
const PerHour = z.number().min(0).max(MAX_PER_HOUR);
/** Each one is a column. */
const MAX_MACHINES = 5;

/** What an hour of a machine's parts costs where they are priced apart. */
export const MachinePrice = z.strictObject({
  /** For the head of a column: `GCP N2`. */
  name: z.string().min(1).max(20),
  /** What is priced, where, and on which terms. */
  title: z.string().min(1),
  perVcpuHour: PerHour,
  /** Of 2^30 bytes. */
  perGibHour: PerHour,
  /** When the prices were read. */
  asOf: z.iso.date(),
  source: z.url(),
  /** What else a reader has to know, without a full stop. */
  note: z.string().min(1).optional(),
});
export type MachinePrice = z.infer<typeof MachinePrice>;

/** `prices/cloud.yaml`, or a file of the user's own. */
export const Prices = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency such as USD'),
  machines: z
    .array(MachinePrice)
    .min(1)
    .max(MAX_MACHINES)
    .refine((machines) => new Set(machines.map(({ name }) => name)).size === machines.length, {
      message: 'each name once',
    }),
});
export type Prices = z.infer<typeof Prices>;
