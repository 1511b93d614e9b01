import { z } from 'zod';
import { ExpectedError } from '../lib/errors.js';

/** A resource of a plan, with what is known of it before it is made. */
export interface PlannedResource {
  /** `google_compute_instance.machine["all"]`. */
  address: string;
  type: string;
  values: Readonly<Record<string, unknown>>;
}

export interface TerraformPlan {
  /** Everything that exists once the plan is applied, unchanged things too. */
  resources: PlannedResource[];
  /** Addresses of what is made, changed or removed. */
  changes: string[];
}

const Resource = z.object({
  address: z.string(),
  mode: z.enum(['managed', 'data']),
  type: z.string(),
  values: z.record(z.string(), z.unknown()).default({}),
});
interface Module {
  resources?: z.infer<typeof Resource>[] | undefined;
  child_modules?: Module[] | undefined;
}
const Module: z.ZodType<Module> = z.lazy(() =>
  z.object({ resources: z.array(Resource).optional(), child_modules: z.array(Module).optional() }),
);

/** Of `terraform show -json PLAN`, format 1: https://developer.hashicorp.com/terraform/internals/json-format */
const Plan = z.object({
  planned_values: z.object({ root_module: Module.optional() }).default({}),
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        mode: z.enum(['managed', 'data']),
        change: z.object({ actions: z.array(z.string()) }),
      }),
    )
    .default([]),
});

/** @throws ExpectedError where the text is not such a plan */
export function parsePlan(text: string): TerraformPlan {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = null;
  }
  const result = Plan.safeParse(document);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new ExpectedError(
      `terraform show prints a plan that gatebench doesn't understand: ${issue?.path.join('.')}: ${issue?.message}`,
      'use Terraform 1.5 or later',
    );
  }
  const { planned_values, resource_changes } = result.data;
  return {
    resources: managed(planned_values.root_module),
    changes: resource_changes
      .filter(({ mode, change }) => mode === 'managed' && change.actions.some((action) => action !== 'no-op'))
      .map(({ address }) => address),
  };
}

function managed(module: Module | undefined): PlannedResource[] {
  const own = (module?.resources ?? []).filter(({ mode }) => mode === 'managed');
  const children = (module?.child_modules ?? []).flatMap(managed);
  return [...own.map(({ address, type, values }) => ({ address, type, values })), ...children];
}
