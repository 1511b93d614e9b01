import { z } from 'zod';

/** Dearer than any model. */
const MAX_PER_MILLION = 10_000;
const PerMillion = z.number().min(0).max(MAX_PER_MILLION);

/** What a model's tokens cost, in US dollars. */
export const TokenPrice = z.strictObject({
  usdPerMillionInput: PerMillion,
  usdPerMillionOutput: PerMillion,
});
export type TokenPrice = z.infer<typeof TokenPrice>;

const ModelPrice = TokenPrice.extend({
  /** As the provider calls it. */
  model: z.string().min(1),
  /** When the price was read. */
  asOf: z.iso.date(),
  source: z.url(),
});

/** `prices/models.yaml`. */
export const ModelPrices = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  models: z
    .array(ModelPrice)
    .min(1)
    .refine((models) => new Set(models.map(({ model }) => model)).size === models.length, {
      message: 'each name once',
    }),
});
export type ModelPrices = z.infer<typeof ModelPrices>;
