import { describe, expect, it } from 'vitest';
import type { Placement } from '../../src/model/run.js';
import { chooseLoadPriority, type LoadPriorityFacts } from '../../src/plan/load-priority.js';

const shared: Placement = { kind: 'off', reason: '2 CPUs are too few' };
const apart: Placement = { kind: 'pinned', load: '0-1', gateway: '2-7', chosenBy: 'auto' };
const facts = (over: Partial<LoadPriorityFacts> = {}): LoadPriorityFacts => ({
  placement: shared,
  remoteUpstream: false,
  problem: async () => null,
  ...over,
});

describe('chooseLoadPriority', () => {
  it('lets the mock go first where it shares the CPUs with the gateway', async () => {
    expect(await chooseLoadPriority('auto', facts())).toEqual({ loadPriority: { kind: 'realtime', chosenBy: 'auto' } });
  });

  it.each([
    ['has CPUs of its own', { placement: apart }, /CPUs apart/],
    ['runs on another host', { remoteUpstream: true }, /another host/],
    ['is not allowed to', { problem: async () => 'the system refuses it' }, /^the system refuses it$/],
  ])('leaves it as it is where it %s, and says so', async (_case, over, reason) => {
    expect(await chooseLoadPriority('auto', facts(over))).toEqual({
      loadPriority: { kind: 'normal', reason: expect.stringMatching(reason) },
    });
  });

  it('does as it is told', async () => {
    expect(await chooseLoadPriority('realtime', facts({ placement: apart }))).toEqual({
      loadPriority: { kind: 'realtime', chosenBy: 'user' },
    });
    expect(await chooseLoadPriority('off', facts())).toEqual({
      loadPriority: { kind: 'normal', reason: expect.stringContaining('--load-priority off') },
    });
  });

  it.each([
    ['is not allowed', { problem: async () => 'the system refuses it' }, 'the system refuses it'],
    ['would be another host’s', { remoteUpstream: true }, 'the mock runs on another host'],
  ])('refuses what %s', async (_case, over, problem) => {
    expect(await chooseLoadPriority('realtime', facts(over))).toEqual({ problem });
  });

  it('asks the system only where the answer matters', async () => {
    const problem = async () => {
      throw new Error('asked');
    };
    await chooseLoadPriority('off', facts({ problem }));
    await chooseLoadPriority('auto', facts({ problem, placement: apart }));
    await chooseLoadPriority('auto', facts({ problem, remoteUpstream: true }));
    await expect(chooseLoadPriority('auto', facts({ problem }))).rejects.toThrow('asked');
  });
});
