import { portsOf } from '../../gateway/readiness.js';
import { gatewayLabel, type ProcessGateway } from '../../model/resolved-gateway.js';
import type { Finding, Path } from './problem.js';

/** Ports that one gateway would open twice, and names of ports that it hasn't. */
export function portFindings({ process, profiler, services }: ProcessGateway): Finding[] {
  const { port, ports, health } = process;
  const taken = new Map<number, string>([[port, 'process.port']]);
  const others: { at: Path; number: number }[] = [
    ...Object.entries(ports).map(([name, number]) => ({ at: ['process', 'ports', name], number })),
    ...Object.entries(services).map(([name, service]) => ({ at: ['services', name, 'port'], number: service.port })),
  ];
  const twice = others.flatMap(({ at, number }) => {
    const other = taken.get(number);
    taken.set(number, at.join('.'));
    if (other === undefined) return [];
    return [{ at, message: `${number} is its ${other} too`, hint: 'give each of its ports another number' }];
  });
  return [
    ...twice,
    ...unknownPort(health.port, ports, ['process', 'health', 'port']),
    ...unknownPort(profiler.pprof?.port, ports, ['profiler', 'pprof', 'port']),
  ];
}

function unknownPort(name: string | undefined, ports: Readonly<Record<string, number>>, at: Path): Finding[] {
  if (name === undefined || Object.hasOwn(ports, name)) return [];
  const names = Object.keys(ports);
  const hint = names.length === 0 ? 'leave it out, or add process.ports' : `use one of ${names.join(', ')}`;
  return [{ at, message: `"${name}" is not in process.ports`, hint }];
}

/** Where a gateway's port is in its manifest. */
function pathOfPort({ process, services }: ProcessGateway, port: number): Path {
  if (process.port === port) return ['process', 'port'];
  const [name] = Object.entries(process.ports).find(([, number]) => number === port) ?? [];
  if (name !== undefined) return ['process', 'ports', name];
  const [service] = Object.entries(services).find(([, each]) => each.port === port) ?? [];
  return service === undefined ? ['process'] : ['services', service, 'port'];
}

/** Whether a gateway and the mock upstream would be on one port. */
export function mockPortFindings(gateway: ProcessGateway, mockPort: number): Finding[] {
  if (!portsOf(gateway).includes(mockPort)) return [];
  return [
    {
      at: pathOfPort(gateway, mockPort),
      message: `${mockPort} is the port of the mock upstream`,
      hint: 'give the gateway another port, or the mock with --mock-port',
    },
  ];
}

/** Ports that other gateways open too. They run one at a time, but then wait for one another's ports. */
export function sharedPortFindings(gateway: ProcessGateway, others: readonly ProcessGateway[]): Finding[] {
  return portsOf(gateway).flatMap((port) => {
    const other = others.find((each) => each.name !== gateway.name && portsOf(each).includes(port));
    if (other === undefined) return [];
    return [
      {
        at: pathOfPort(gateway, port),
        message: `${port} is a port of ${gatewayLabel(other)} too`,
        hint: 'give it another number',
        severity: 'warning' as const,
      },
    ];
  });
}
