import type { PriceList, Topology } from '../model/cloud.js';

/** What was asked for, as far as it costs. */
export interface PricedMachines {
  topology: Topology;
  loadCount: number;
  /** Null: the provider's default. */
  machineType: string | null;
  diskGb: number | null;
  spot: boolean;
}

export interface PriceEstimate {
  machines: number;
  machineType: string;
  /** Null where the list doesn't have the machine type. */
  perHour: number | null;
}

/** List price of an hour, with disks and addresses: an estimate, since discounts, taxes and traffic are left out. */
export function estimatePrice(prices: PriceList, asked: PricedMachines): PriceEstimate {
  const machines = machineCount(asked.topology, asked.loadCount);
  const machineType = asked.machineType ?? prices.defaultMachineType;
  const machine = prices.machines[machineType];
  if (machine === undefined) return { machines, machineType, perHour: null };
  const disk = (asked.diskGb ?? prices.defaultDiskGb) * prices.diskPerGbHour;
  const each = machine * (asked.spot ? prices.spotFactor : 1) + disk + prices.addressPerHour;
  return { machines, machineType, perHour: machines * each };
}

/** Gateway, upstream and the load's; or one for all. */
export function machineCount(topology: Topology, loadCount: number): number {
  return topology === 'single' ? 1 : 2 + loadCount;
}

/** For people, with where the prices are from and that this is an estimate. */
export function priceText(prices: PriceList, estimate: PriceEstimate, spot: boolean): string {
  const what = `${estimate.machines} × ${estimate.machineType}${spot ? ' (Spot)' : ''}`;
  if (estimate.perHour === null) return `${what}: no price known; see ${prices.source}`;
  const amount = `${spot ? 'at most ' : ''}${estimate.perHour.toFixed(2)} ${prices.currency} an hour`;
  return `${what}: an estimated ${amount}, from list prices of ${prices.asOf}: ${prices.source}`;
}
