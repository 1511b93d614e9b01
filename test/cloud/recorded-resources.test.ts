import { describe, expect, it } from 'vitest';
import { formatResources, recordResources, resourcesAt } from '../../src/cloud/recorded-resources.js';
import { parsePlan } from '../../src/cloud/terraform-plan.js';

const provider = {
  resources: [
    { type: 'machine', importId: 'p/{project}/z/{zone}/{name}', removal: 'delete {name} --zone={zone}' },
    { type: 'network', importId: 'p/{project}/{name}', removal: 'delete-network {name}' },
  ],
};
const plan = JSON.stringify({
  format_version: '1.2',
  planned_values: {
    root_module: {
      resources: [
        { address: 'network.n', mode: 'managed', type: 'network', values: { name: 'b-net', project: null } },
        { address: 'data.x.y', mode: 'data', type: 'x', values: {} },
        { address: 'other.o', mode: 'managed', type: 'other', values: {} },
      ],
      child_modules: [
        {
          address: 'module.m',
          resources: [
            {
              address: 'module.m.machine.all["a"]',
              mode: 'managed',
              type: 'machine',
              values: { name: 'b-all', zone: 'z-1', project: 'theirs' },
            },
          ],
        },
      ],
    },
  },
  resource_changes: [
    { address: 'network.n', mode: 'managed', change: { actions: ['no-op'] } },
    { address: 'module.m.machine.all["a"]', mode: 'managed', change: { actions: ['delete', 'create'] } },
    { address: 'data.x.y', mode: 'data', change: { actions: ['read'] } },
  ],
});

describe('what a plan makes', () => {
  it('is known with modules below it, and apart from what only is read', () => {
    const { resources, changes } = parsePlan(plan);
    expect(resources.map(({ address }) => address)).toEqual(['network.n', 'other.o', 'module.m.machine.all["a"]']);
    expect(changes).toEqual(['module.m.machine.all["a"]']);
  });

  it.each(['', '{', '[]', '{"resource_changes":[{}]}'])('is refused as %j', (text) => {
    expect(() => parsePlan(text)).toThrow(/a plan that gatebench doesn't understand/);
  });

  it('is nothing where everything is removed', () => {
    expect(parsePlan('{"planned_values":{"outputs":{}}}')).toEqual({ resources: [], changes: [] });
  });

  it('is recorded in the order in which it can be removed, with what the variables say in place of what isn’t known', () => {
    const recorded = recordResources(parsePlan(plan).resources, provider, { project: 'mine', zone: 'z-9' });
    expect(recorded).toEqual([
      {
        address: 'module.m.machine.all["a"]',
        name: 'b-all',
        importId: 'p/theirs/z/z-1/b-all',
        removal: 'delete b-all --zone=z-1',
      },
      { address: 'network.n', name: 'b-net', importId: 'p/mine/b-net', removal: 'delete-network b-net' },
      { address: 'other.o', name: 'other.o', importId: null, removal: null },
    ]);
    expect(formatResources(recorded)).toBe(
      [
        '  module.m.machine.all["a"] (b-all)',
        '    delete b-all --zone=z-1',
        '  network.n (b-net)',
        '    delete-network b-net',
        '  other.o',
      ].join('\n'),
    );
    expect(recordResources(parsePlan(plan).resources, provider, {})[1]?.importId).toBeNull();
  });

  it('is found by address, also where it was not recorded', () => {
    const recorded = recordResources(parsePlan(plan).resources, provider, { project: 'p' });
    expect(resourcesAt(['x.unknown', 'network.n'], recorded).map(({ name }) => name)).toEqual(['b-net', 'x.unknown']);
  });
});
