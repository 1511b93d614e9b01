import { withoutTag } from '../model/container.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import type { Run } from '../model/run.js';

/** The placement as it was, whatever the machine: "auto" would choose anew. */
function formatPin({ placement }: Run): string {
  return placement.kind === 'off' ? 'off' : `load=${placement.load},gateway=${placement.gateway}`;
}

/** A drawn latency has parentheses, which a shell would take for its own. */
function quoted(word: string): string {
  return /^[\w.,=/-]+$/.test(word) ? word : `'${word}'`;
}

/** The very hosts: on others, put others in. */
function formatHost({ engine: { remote }, upstreamHost }: Run): string[] {
  const words: string[] = [];
  if (remote) {
    const k6 = remote.program === null ? '--k6-send' : `--k6-path ${quoted(remote.program)}`;
    words.push('--k6-hosts', remote.hosts.join(','), k6, '--gateway-address', remote.gatewayAddress);
  }
  if (upstreamHost !== undefined) words.push('--upstream-host', upstreamHost);
  return words.length === 0 ? [] : [words.join(' ')];
}

/** Command lines that plan this very run again, every override spelt out. The seed makes the order the same. */
export function reproduceCommands(run: Run): string[] {
  const installed = run.gateways.filter(({ image }) => image === undefined);
  const images = [...new Set(run.gateways.flatMap(({ image }) => image ?? []))];
  // An image that is known by its ID alone is in no registry.
  const pulls = images
    .filter((image) => image.includes('@'))
    .map((image) => `${run.runtime} pull ${withoutTag(image)}`);
  const { load, upstream, name } = run.scenario;
  const gateways = run.gateways.map(labelOf).join(',');
  return [
    ...(run.harness.commit === null ? [] : [`git checkout ${run.harness.commit}`]),
    ...pulls,
    ...(installed.length === 0 ? [] : [`gatebench setup ${installed.map(labelOf).join(' ')}`]),
    [
      `gatebench bench --scenario ${name} --gateways ${gateways} --vus ${load.vus.join(',')}`,
      `--duration ${load.durationS}s --warmup ${load.warmupS}s --repeats ${load.repeats} --cooldown ${load.cooldownS}s`,
      `--upstream-latency ${quoted(upstream.latency)} --engine ${run.engine.name}${run.runtime === 'process' ? '' : ` --runtime ${run.runtime}`} --pin ${formatPin(run)} --seed ${run.seed}`,
      ...formatHost(run),
    ].join(' \\\n  '),
  ];
}

function labelOf({ gateway, variant }: { gateway: string; variant: string }): string {
  return gatewayLabel({ name: gateway, variant });
}
