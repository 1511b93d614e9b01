import { gatewayLabel } from '../model/resolved-gateway.js';
import type { Run } from '../model/run.js';

/** The placement as it was, whatever the machine: "auto" would choose anew. */
function pinWords({ placement }: Run): string {
  return placement.kind === 'off' ? 'off' : `rig=${placement.rig},gateway=${placement.gateway}`;
}

/** A drawn latency has parentheses, which a shell would take for its own. */
function quoted(word: string): string {
  return /^[\w.,=-]+$/.test(word) ? word : `'${word}'`;
}

/** Command lines that plan this very run again, every override spelt out. The seed makes the order the same. */
export function reproduceCommands(run: Run): string[] {
  const { load, upstream, name } = run.scenario;
  const gateways = run.gateways.map(({ gateway, variant }) => gatewayLabel({ name: gateway, variant })).join(',');
  return [
    ...(run.harness.commit === null ? [] : [`git checkout ${run.harness.commit}`]),
    `gatebench setup ${gateways.replaceAll(',', ' ')}`,
    [
      `gatebench bench --scenario ${name} --gateways ${gateways} --vus ${load.vus.join(',')}`,
      `--duration ${load.durationS}s --warmup ${load.warmupS}s --repeats ${load.repeats} --cooldown ${load.cooldownS}s`,
      `--upstream-latency ${quoted(upstream.latency)} --engine ${run.engine.name} --pin ${pinWords(run)} --seed ${run.seed}`,
    ].join(' \\\n  '),
  ];
}
