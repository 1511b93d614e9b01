import { formatDecimal, formatList, formatShare } from '../lib/format.js';
import type { GateResult } from '../model/record.js';
import type { HostResources } from '../model/resources.js';
import { unknownGate, verdictWithin } from './gate.js';
import { MACHINE_SPEED_GATE } from './machine-speed.js';
import { THRESHOLDS } from './thresholds.js';

const OTHER_PROGRAMS_GATE = 'other programs';
const STEAL_GATE = 'steal time';
const THROTTLING_GATE = 'CPU throttling';

/**
 * Gates that say something of the machine and nothing of the gateway. The mock's lateness and the engine's use are not
 * among them: with few cores it is the gateway that takes the CPU from both.
 */
const MACHINE_GATES: readonly string[] = [OTHER_PROGRAMS_GATE, STEAL_GATE, THROTTLING_GATE, MACHINE_SPEED_GATE];

/** Why the machine voids a measured cell, a reason for each gate; empty if it doesn't. */
export function machineReasons(gates: readonly GateResult[]): string[] {
  return gates
    .filter(({ gate, verdict }) => verdict === 'invalid' && MACHINE_GATES.includes(gate))
    .map(({ gate, message }) => `${gate}: ${message}`);
}

/** Whether other programs, the hypervisor or a quota took CPU time from the run. @param windowS as measured */
export function machineGates(host: HostResources | null, windowS: number): GateResult[] {
  return [otherProgramsGate(host), stealGate(host), throttlingGate(host, windowS)];
}

/** Which other programs ran, as a sentence's end: `: spin (PID 12) 98 % and make (PID 13) 5 % of a core`; may be empty. */
function formatBusiest({ busiestOthers, unseenCpuPercentMean }: HostResources): string {
  const named = busiestOthers.map(
    ({ command, pid, cpuPercentMean }) => `${command} (PID ${pid}) ${formatDecimal(cpuPercentMean, 0)} %`,
  );
  const unseen = unseenCpuPercentMean ?? 0;
  const rest =
    unseen > THRESHOLDS.otherProgramsPercent.pass
      ? [`programs that can't be seen from here ${formatShare(unseen / 100)} of all cores`]
      : [];
  const parts = [...(named.length === 0 ? [] : [`${formatList(named)} of one core`]), ...rest];
  return parts.length === 0 ? '' : `: ${parts.join('; ')}`;
}

function otherProgramsGate(host: HostResources | null): GateResult {
  const value = host?.otherCpuPercentMean ?? null;
  if (host === null || value === null) {
    return unknownGate(OTHER_PROGRAMS_GATE, 'their CPU use could not be read');
  }
  const { pass, warn } = THRESHOLDS.otherProgramsPercent;
  const verdict = verdictWithin(value, { pass, warn });
  return {
    gate: OTHER_PROGRAMS_GATE,
    verdict,
    value,
    message:
      `they took ${formatShare(value / 100)} of the CPU time (bounds ${pass} % and ${warn} %)` +
      (verdict === 'pass' ? '' : formatBusiest(host)),
  };
}

function stealGate(host: HostResources | null): GateResult {
  const value = host?.stealPercentMean ?? null;
  if (value === null) {
    return unknownGate(STEAL_GATE, 'steal time could not be read');
  }
  const { pass, warn } = THRESHOLDS.stealPercent;
  return {
    gate: STEAL_GATE,
    verdict: verdictWithin(value, { pass, warn }),
    value,
    message: `the hypervisor took ${formatShare(value / 100)} of the CPU time (bounds ${pass} % and ${warn} %)`,
  };
}

/** A quota of the gateway alone is the gateway's configuration and only warns; one around gatebench stalls the load. */
function throttlingGate(host: HostResources | null, windowS: number): GateResult {
  const share = (timeUs: number | undefined) => (timeUs === undefined || windowS <= 0 ? null : timeUs / 1e6 / windowS);
  const harness = share(host?.throttling?.harness?.timeUs);
  const gateway = share(host?.throttling?.gateway?.timeUs);
  if (harness === null && gateway === null) {
    return unknownGate(THROTTLING_GATE, 'no cpu.stat of a cgroup could be read');
  }
  const { passShare, warnShare } = THRESHOLDS.throttling;
  const value = Math.max(harness ?? 0, gateway ?? 0);
  const isGatewayAlone = (harness ?? 0) <= passShare;
  const verdict = value <= passShare ? 'pass' : isGatewayAlone || value <= warnShare ? 'warn' : 'invalid';
  const whose = isGatewayAlone && verdict !== 'pass' ? "the gateway's CPU quota" : 'a CPU quota';
  return {
    gate: THROTTLING_GATE,
    verdict,
    value,
    message: `${whose} held processes back for ${formatShare(value)} of the window (bounds ${formatShare(passShare)} and ${formatShare(warnShare)})`,
  };
}
