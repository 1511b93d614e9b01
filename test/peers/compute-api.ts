import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * As much of Google's Compute Engine API as Terraform's provider calls for terraform/gcp: networks, subnetworks,
 * firewalls and instances with their operations. Like the real one, a resource exists from the moment its insertion is
 * accepted, names are taken once, and what is in use can't be deleted.
 * https://cloud.google.com/compute/docs/reference/rest/v1
 */
export interface ComputeApi {
  /** For GOOGLE_COMPUTE_CUSTOM_ENDPOINT. */
  endpoint: string;
  /** What exists, as `instances/bench-all`, sorted. */
  existing(): string[];
  /** A resource such as `instances/bench-all`, with what the API added; undefined where there is none. */
  find(path: string): Resource | undefined;
  /** Requests so far, as `POST instances`. */
  requests: string[];
  /** Operations on a collection such as `instances` stay RUNNING from now on, until {@link release}. */
  hold(collection: Collection): void;
  release(): void;
  /** Answer requests such as `DELETE networks` with an error of this status from now on; null stops that. */
  fail(request: string, status: number | null): void;
  /** Delete an instance as `max_run_duration` does. */
  expire(name: string): void;
  /** What the guest agent of every machine publishes; null before it has. */
  hostKey: string | null;
  close(): Promise<void>;
}

type Collection = 'networks' | 'subnetworks' | 'firewalls' | 'instances' | 'disks';
const COLLECTIONS: readonly Collection[] = ['networks', 'subnetworks', 'firewalls', 'instances', 'disks'];

export interface Resource {
  [field: string]: unknown;
  name: string;
  selfLink: string;
}

interface Operation {
  name: string;
  collection: Collection;
  /** Null while it runs. */
  finish: (() => void) | null;
  body: Record<string, unknown>;
}

/** @param address of every machine, for whoever connects to it */
export async function computeApi(address = '127.0.0.1'): Promise<ComputeApi> {
  const resources = new Map<string, Resource>();
  const operations = new Map<string, Operation>();
  const requests: string[] = [];
  const held = new Set<Collection>();
  const failures = new Map<string, number>();
  let ids = 1000;

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => sendError(response, 500, String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const root = `http://127.0.0.1:${port}/compute/v1/`;

  const api: ComputeApi = {
    endpoint: root,
    existing: () => [...resources.values()].map(({ selfLink }) => selfLink.split('/').slice(-2).join('/')).sort(),
    find: (path) => [...resources.values()].find(({ selfLink }) => selfLink.endsWith(`/${path}`)),
    requests,
    hold: (collection) => void held.add(collection),
    release: () => {
      held.clear();
      for (const operation of operations.values()) settle(operation);
    },
    fail: (request, status) => {
      if (status === null) failures.delete(request);
      else failures.set(request, status);
    },
    expire: (name) => {
      for (const [path, resource] of resources) if (resource.name === name) resources.delete(path);
    },
    hostKey: null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return api;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', root);
    const path = url.pathname.replace('/compute/v1/', '');
    const body = await bodyOf(request);
    const parts = path.split('/');
    const collection = COLLECTIONS.find((candidate) => parts.includes(candidate));
    if (collection !== undefined) {
      const what = `${request.method} ${collection}`;
      requests.push(what);
      const status = failures.get(what);
      if (status !== undefined) return sendError(response, status, `${what} is refused by the test`);
    }
    if (parts.includes('operations')) return sendOperation(response, parts.at(-1) ?? '');
    if (collection === undefined) return sendCatalogue(response, parts);
    if (path.endsWith('/getGuestAttributes')) return sendGuestAttributes(response, url);
    if (request.method === 'POST') return insert(response, collection, path, body);
    const resource = resources.get(path);
    if (resource === undefined) return sendError(response, 404, `The resource '${path}' was not found`, 'notFound');
    if (request.method === 'DELETE') return remove(response, collection, path);
    sendJson(response, 200, resource);
  }

  function insert(response: ServerResponse, collection: Collection, path: string, body: Record<string, unknown>): void {
    const name = String(body.name);
    const place = `${path}/${name}`;
    if (resources.has(place)) {
      sendError(response, 409, `The resource '${place}' already exists`, 'alreadyExists');
      return;
    }
    const id = String(ids++);
    const selfLink = `${root}${place}`;
    const common = { id, selfLink, creationTimestamp: '2026-01-01T00:00:00.000-08:00', kind: `compute#${collection}` };
    const resource: Resource = { ...body, ...common, name, ...added(collection, path, body) };
    resources.set(place, resource);
    start(response, collection, path, 'insert', selfLink, () => {
      if (collection === 'instances') resource.status = 'RUNNING';
    });
  }

  /** What the API adds to a resource. */
  function added(collection: Collection, path: string, body: Record<string, unknown>): Record<string, unknown> {
    switch (collection) {
      case 'networks':
        return { routingConfig: { routingMode: 'REGIONAL', bgpBestPathSelectionMode: 'LEGACY' }, subnetworks: [] };
      case 'subnetworks':
        return {
          region: `${root}${path.replace(/\/subnetworks$/, '')}`,
          gatewayAddress: '10.42.0.1',
          fingerprint: 'AAAA',
          purpose: 'PRIVATE',
          stackType: 'IPV4_ONLY',
          privateIpGoogleAccess: false,
        };
      case 'firewalls':
        return { priority: 1000, disabled: false, logConfig: { enable: false } };
      case 'instances':
        return addedToInstance(path, body);
      case 'disks':
        return {};
    }
  }

  function addedToInstance(path: string, body: Record<string, unknown>): Record<string, unknown> {
    const zone = `${root}${path.replace(/\/instances$/, '')}`;
    const name = String(body.name);
    const [disk] = records(body.disks);
    const parameters = record(disk?.initializeParams);
    const diskPath = `${path.replace(/instances$/, 'disks')}/${name}`;
    const source = `${root}${diskPath}`;
    resources.set(diskPath, {
      name,
      selfLink: source,
      kind: 'compute#disk',
      id: String(ids++),
      zone,
      status: 'READY',
      sizeGb: String(parameters.diskSizeGb ?? 10),
      type: `${zone}/diskTypes/pd-balanced`,
      // The real one's, as the provider compares it with the family that was asked for.
      sourceImage:
        'https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-bookworm-v20250610',
      labels: parameters.labels ?? {},
      users: [`${root}${path}/${name}`],
    });
    const [network] = records(body.networkInterfaces);
    const nth = [...resources.keys()].filter((each) => each.includes('/disks/')).length;
    return {
      zone,
      status: 'PROVISIONING',
      cpuPlatform: 'Intel Ice Lake',
      labelFingerprint: 'AAAA',
      scheduling: { automaticRestart: false, preemptible: false, ...record(body.scheduling) },
      tags: { ...record(body.tags), fingerprint: 'AAAA' },
      metadata: { ...record(body.metadata), fingerprint: 'AAAA' },
      disks: [{ ...disk, source, index: 0, deviceName: 'persistent-disk-0', mode: 'READ_WRITE', type: 'PERSISTENT' }],
      networkInterfaces: [
        {
          ...network,
          name: 'nic0',
          network: `${root}projects/p/global/networks/${name.replace(/-[^-]+$/, '')}-net`,
          networkIP: `10.42.0.${nth + 1}`,
          stackType: 'IPV4_ONLY',
          accessConfigs: [
            { name: 'external-nat', type: 'ONE_TO_ONE_NAT', natIP: address, networkTier: 'PREMIUM', kind: 'x' },
          ],
        },
      ],
    };
  }

  function remove(response: ServerResponse, collection: Collection, path: string): void {
    const user = [...resources].find(([place, other]) => place !== path && uses(other, path));
    if (user !== undefined) {
      const message = `The resource '${path}' is already being used by '${user[0]}'`;
      sendError(response, 400, message, 'resourceInUseByAnotherResource');
      return;
    }
    const selfLink = `${root}${path}`;
    start(response, collection, path.split('/').slice(0, -1).join('/'), 'delete', selfLink, () => {
      resources.delete(path);
      if (collection === 'instances') resources.delete(path.replace('/instances/', '/disks/'));
    });
  }

  /** Whether a resource names another one, so that the other has to stay. */
  function uses(resource: Resource, path: string): boolean {
    const links = [
      resource.network,
      ...records(resource.networkInterfaces).flatMap((each) => [each.network, each.subnetwork]),
    ];
    return links.some((link) => typeof link === 'string' && link.endsWith(path.replace(/^projects\/[^/]+/, '')));
  }

  function start(
    response: ServerResponse,
    collection: Collection,
    path: string,
    operationType: string,
    targetLink: string,
    finish: () => void,
  ): void {
    const id = String(ids++);
    const name = `operation-${id}`;
    const scope = path.split('/').slice(0, -1).join('/');
    const place = path.includes('/zones/')
      ? { zone: `${root}${scope}` }
      : path.includes('/regions/')
        ? { region: `${root}${scope}` }
        : {};
    const body = {
      kind: 'compute#operation',
      id,
      name,
      operationType,
      targetLink,
      status: 'RUNNING',
      progress: 0,
      ...place,
    };
    const operation: Operation = { name, collection, finish, body };
    operations.set(name, operation);
    if (!held.has(collection)) settle(operation);
    sendJson(response, 200, operation.body);
  }

  function settle(operation: Operation): void {
    operation.finish?.();
    operation.finish = null;
    operation.body = { ...operation.body, status: 'DONE', progress: 100 };
  }

  function sendOperation(response: ServerResponse, name: string): void {
    const operation = operations.get(name);
    if (operation === undefined) sendError(response, 404, `no operation ${name}`, 'notFound');
    else sendJson(response, 200, operation.body);
  }

  function sendGuestAttributes(response: ServerResponse, url: URL): void {
    const instance = resources.get(url.pathname.replace('/compute/v1/', '').replace('/getGuestAttributes', ''));
    if (instance === undefined || api.hostKey === null) {
      sendError(response, 404, 'no guest attributes', 'notFound');
      return;
    }
    const [key, value] = api.hostKey.split(' ');
    sendJson(response, 200, {
      kind: 'compute#guestAttributes',
      queryPath: url.searchParams.get('queryPath'),
      queryValue: { items: [{ namespace: 'hostkeys', key, value }] },
      selfLink: `${instance.selfLink}/guestAttributes/hostkeys/`,
    });
  }

  /** Zones, images, types of machines and disks: there is whatever is asked for, but for images by name. */
  function sendCatalogue(response: ServerResponse, parts: string[]): void {
    const name = parts.at(-1) ?? '';
    if (parts.at(-2) === 'images') {
      sendError(response, 404, `no image ${name}`, 'notFound');
      return;
    }
    sendJson(response, 200, {
      name,
      selfLink: `${root}${parts.join('/')}`,
      status: parts.includes('zones') ? 'UP' : 'READY',
      region: `${root}projects/p/regions/us-central1`,
    });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : record(JSON.parse(text, withoutNulls));
}

/** The provider sends lists of nulls for some that are empty, and can't read them back. */
function withoutNulls(_: string, value: unknown): unknown {
  return Array.isArray(value) ? value.filter((item) => item !== null) : value;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendError(response: ServerResponse, code: number, message: string, reason = 'forbidden'): void {
  sendJson(response, code, { error: { code, message, errors: [{ message, domain: 'global', reason }] } });
}
