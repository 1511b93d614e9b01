import { formatResources } from '../../cloud/recorded-resources.js';
import type { CloudState } from '../../model/cloud.js';

/** Work that goes on whatever becomes of this process. */
export interface GuardedWork {
  /** `Terraform is creating the machines`. */
  what: string;
  /** What comes after it if it is interrupted: `what was created is removed`. */
  afterwards: string;
  /** What is left, by name, if nobody waits for it. */
  atRisk: string;
}

/** Between whoever handles interrupts and what runs. */
export interface InterruptGuard {
  /** Aborts with the first interrupt. */
  readonly signal: AbortSignal;
  /** Run work to its end: meanwhile an interrupt only aborts the signal, and the next one asks. */
  during<T>(work: GuardedWork, action: () => Promise<T>): Promise<T>;
}

/** What may be left of an environment, with the commands that remove it, while Terraform works on it. */
export function formatAtRisk({ name, resources, endsAt, ownsHosts }: CloudState): string {
  return [
    'Terraform continues by itself, and what it has made so far is recorded.',
    `Remove everything: gatebench cloud down --name ${name} (it waits for Terraform)`,
    ...(ownsHosts && resources.length > 0
      ? [`What may be there, and what removes each of them without gatebench:\n${formatResources(resources)}`]
      : []),
    ...(endsAt === null ? [] : [`The machines delete themselves at about ${endsAt}; until then they cost money.`]),
  ].join('\n');
}
