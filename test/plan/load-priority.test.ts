import { describe, expect, it } from 'vitest';
import type { Placement } from '../../src/model/run.js';
import { chooseLoadPriority, type LoadPriorityFacts } from '../../src/plan/load-priority.js';

const shared: Placement = { kind: 'off', reason: '2 CPUs are too few' };
const apart: Placement = { kind: 'pinned', load: '0-1', gateway: '2-7', chosenBy: 'auto' };
const facts = (over: Partial<LoadPriorityFacts> = {}): LoadPriorityFacts => ({
  placement: shared,
  remoteUpstream: false,
  problem: null,
  ...over,
});

describe('chooseLoadPriority', () => {
  it('lets the mock go first where it shares the CPUs with the gateway', () => {
    expect(chooseLoadPriority('auto', facts())).toEqual({ loadPriority: { kind: 'realtime', chosenBy: 'auto' } });
  });

  it.each([
    ['has CPUs of its own', { placement: apart }, /CPUs apart/],
    ['runs on another host', { remoteUpstream: true }, /another host/],
    ['is not allowed to', { problem: 'the system refuses it' }, /^the system refuses it$/],
  ])('leaves it as it is where it %s, and says so', (_case, over, reason) => {
    expect(chooseLoadPriority('auto', facts(over))).toEqual({
      loadPriority: { kind: 'normal', reason: expect.stringMatching(reason) },
    });
  });

  it('does as it is told', () => {
    expect(chooseLoadPriority('realtime', facts({ placement: apart }))).toEqual({
      loadPriority: { kind: 'realtime', chosenBy: 'user' },
    });
    expect(chooseLoadPriority('off', facts())).toEqual({
      loadPriority: { kind: 'normal', reason: expect.stringContaining('--load-priority off') },
    });
  });

  it.each([
    ['is not allowed', { problem: 'the system refuses it' }, 'the system refuses it'],
    ['would be another host’s', { remoteUpstream: true }, 'the mock runs on another host'],
  ])('refuses what %s', (_case, over, problem) => {
    expect(chooseLoadPriority('realtime', facts(over))).toEqual({ problem });
  });
});
