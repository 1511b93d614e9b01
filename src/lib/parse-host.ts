import { UsageError } from './errors.js';

export interface ParsedHost {
  user: string;
  address: string;
  port: number;
}

/**
 * `me@bench.example.com:2222`, or with an IPv6 address in brackets.
 * @throws UsageError for anything else
 */
export function parseHost(text: string): ParsedHost {
  const match = /^([a-z_][a-z0-9_.-]*)@(?:\[([0-9a-fA-F:]+)\]|([A-Za-z0-9][A-Za-z0-9._-]*))(?::(\d+))?$/.exec(text);
  const [, user, ipv6, name, portText = '22'] = match ?? [];
  const address = ipv6 ?? name;
  const port = Number(portText);
  if (user === undefined || address === undefined || port < 1 || port > 65_535) {
    throw new UsageError(`"${text}" is not a host`, 'write user@address or user@address:port');
  }
  return { user, address, port };
}
