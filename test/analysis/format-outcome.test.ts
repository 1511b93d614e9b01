import { describe, expect, it } from 'vitest';
import { oneLine, remarksOn } from '../../src/analysis/format-outcome.js';
import { recordOf } from '../support/record-builder.js';

describe('remarksOn', () => {
  it('has nothing to say of an ok cell without failures', () => {
    expect(remarksOn(recordOf({ gateway: 'ferro', vus: 50 }))).toEqual([]);
  });

  it('says that processes ended though the gateway went on', () => {
    const tree = { processesEnded: 2 };
    expect(remarksOn(recordOf({ gateway: 'kong', vus: 50, tree }))).toEqual([
      '2 of its processes ended in the window, and the gateway went on.',
    ]);
  });

  it('gives the moment, the exit and the last line of the log of a crash', () => {
    const record = recordOf({
      gateway: 'bifrost',
      vus: 300,
      outcome: {
        kind: 'crashed',
        exitCode: 2,
        signal: null,
        phase: 'window',
        atS: 12.34,
        reason: 'the gateway ended with exit code 2',
        logTail: ['first', 'fatal error: concurrent map writes', '  '],
      },
    });
    expect(remarksOn(record)).toEqual([
      'crashed 12.3 s into the window (exit code 2): the gateway ended with exit code 2. ' +
        'Last line of its log: "fatal error: concurrent map writes".',
    ]);
  });

  it('names the signal of a crash', () => {
    const outcome = { kind: 'crashed', exitCode: null, signal: 'SIGKILL', reason: 'killed', logTail: [] } as const;
    const at = (phase: 'warmup' | 'recovery') =>
      remarksOn(recordOf({ gateway: 'a', vus: 1, outcome: { ...outcome, logTail: [], phase, atS: 2 } }))[0];
    expect(at('warmup')).toBe('crashed 2 s into the warmup (signal SIGKILL): killed.');
    expect(at('recovery')).toBe('crashed after the load had ended (signal SIGKILL): killed.');
  });

  it('knows neither exit code nor signal of some', () => {
    const outcome = { kind: 'crashed', exitCode: null, signal: null, phase: 'window', atS: 2 } as const;
    const record = recordOf({ gateway: 'a', vus: 1, outcome: { ...outcome, reason: 'it ended ...  ', logTail: [] } });
    expect(remarksOn(record)).toEqual(['crashed 2 s into the window (exit code unknown): it ended.']);
  });

  it('leaves brackets out that would be empty', () => {
    const outcome = { kind: 'skipped', reason: 'kong is not installed', hint: ' ' } as const;
    expect(remarksOn(recordOf({ gateway: 'kong', vus: 50, outcome }))).toEqual(['skipped: kong is not installed.']);
  });

  it('gives the reason and the remedy of a skipped cell', () => {
    const outcome = { kind: 'skipped', reason: 'kong is not installed', hint: 'run "gatebench setup kong"' } as const;
    expect(remarksOn(recordOf({ gateway: 'kong', vus: 50, outcome }))).toEqual([
      'skipped: kong is not installed (run "gatebench setup kong").',
    ]);
  });

  it('counts failures by class, the most frequent first, with their codes', () => {
    const record = recordOf({
      gateway: 'portkey',
      vus: 300,
      ratePerSec: 1000,
      failed: { http_5xx: 100, timeout: 1_400 },
      statusCodes: { '502': 60, '503': 40 },
    });
    expect(remarksOn(record)).toEqual([
      '1,500 of 61,500 requests failed (2.44 %): timeout 1,400, http_5xx 100 (502, 503).',
    ]);
  });

  it('names requests that were written again, and what failed responses asked for', () => {
    const record = recordOf({ gateway: 'portkey', vus: 300 });
    const remarksWith = (over: object) =>
      remarksOn({ ...record, requests: record.requests && { ...record.requests, ...over } });
    expect(remarksWith({ reopened: 0 })).toEqual([]);
    expect(remarksWith({ reopened: 1234, retryAfter: { responses: 20, minS: 1, maxS: 30 } })).toEqual([
      '20 failed responses asked for another try after 1 to 30 s (Retry-After), which the load does not obey.',
      '1,234 requests were sent again on a new connection, since the gateway had closed theirs while it was idle.',
    ]);
    expect(remarksWith({ retryAfter: { responses: 2, minS: null, maxS: null } })).toEqual([
      expect.stringContaining('after a time that could not be read'),
    ]);
  });
});

describe('oneLine', () => {
  it("leaves nothing that would move a terminal's cursor or break a line", () => {
    expect(oneLine('\u001b[31mred\u001b[0m\r\n\tand\u0007 \u001b]0;title\u0007so on')).toMatch(/^red and .*so on$/);
    expect(oneLine('a\u001b[2Jb')).toBe('ab');
  });

  it('leaves one blank of many', () => expect(oneLine('a \u0007  \n b')).toBe('a b'));

  it('cuts nothing that just fits', () => expect(oneLine('x'.repeat(300))).toBe('x'.repeat(300)));

  it('cuts what is too long', () => {
    const cut = oneLine('x'.repeat(5000));
    expect(cut.length).toBe(300);
    expect(cut.endsWith('…')).toBe(true);
  });
});
