import { z } from 'zod';
import { Name } from './names.js';

/** The set that every folder of gateways has without defining it. */
export const ALL_GATEWAYS = 'all';

const Label = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*(@[a-z0-9._+-]+)?(:[a-z0-9][a-z0-9._-]*)?$/, 'a gateway: its name, or name:variant');

/** Gateways that are measured together. */
const GatewaySet = z.strictObject({
  /** Which ones these are, for lists: "The five gateways of the published run". */
  title: z.string().min(1),
  gateways: z
    .array(Label)
    .min(1)
    .refine((labels) => new Set(labels).size === labels.length, { message: 'each gateway once' }),
});
export type GatewaySet = z.infer<typeof GatewaySet>;

/** `sets.yaml` in a folder of gateways: what `@name` stands for. */
export const GatewaySetsFile = z
  .strictObject({
    $schema: z.string().optional(),
    schemaVersion: z.literal(1),
    /** The set that is meant where no gateway is named; all gateways where absent. */
    default: Name.optional(),
    sets: z.record(Name, GatewaySet),
  })
  .refine((file) => file.default === undefined || file.default in file.sets, {
    path: ['default'],
    message: 'a set of this file',
  })
  .refine(({ sets }) => !(ALL_GATEWAYS in sets), {
    path: ['sets', ALL_GATEWAYS],
    message: `"${ALL_GATEWAYS}" is every gateway, and can't be defined`,
  });
export type GatewaySetsFile = z.infer<typeof GatewaySetsFile>;
