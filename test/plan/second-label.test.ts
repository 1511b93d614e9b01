import { describe, expect, it } from 'vitest';
import { definedLabel, withSecondLabel } from '../../src/plan/second-label.js';

const planned = { gateway: 'nginx', variant: 'default', title: 'nginx', skip: null, version: '1.28.0' };

describe('one gateway under two labels', () => {
  it('has the second as a variant that is none', () => {
    const { gateways, aa } = withSecondLabel(planned, ['default']);
    expect(gateways).toEqual([planned, { ...planned, variant: 'again', title: 'nginx (again)' }]);
    expect(aa).toEqual({ gateway: 'nginx', copy: 'nginx:again' });
  });

  it('keeps out of the way of variants that there are', () => {
    const { aa } = withSecondLabel({ ...planned, variant: '1.27' }, ['default', '1.27', 'again']);
    expect(aa).toEqual({ gateway: 'nginx:1.27', copy: 'nginx:1.27-again' });
    expect(withSecondLabel(planned, ['default', 'again']).aa.copy).toBe('nginx:again-again');
  });

  it('leads back from the second label to the gateway, and from no other', () => {
    const aa = { gateway: 'nginx', copy: 'nginx:again' };
    expect(definedLabel({ aa }, 'nginx:again')).toBe('nginx');
    expect(definedLabel({ aa }, 'nginx')).toBe('nginx');
    expect(definedLabel({ aa: null }, 'nginx:again')).toBe('nginx:again');
  });
});
