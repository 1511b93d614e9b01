import { expect, it } from 'vitest';
import { liveResult } from '../../../src/analysis/live/live-results.js';
import { describeMachine } from '../../../src/lib/machine.js';
import { LiveRecord } from '../../../src/model/live.js';
import { formatUsd } from '../../../src/report/live/format-usd.js';
import { liveReport } from '../../../src/report/live/live-report.js';
import { aCall, aFailure, aPair } from '../../support/live-calls.js';

const record = LiveRecord.parse({
  schemaVersion: 1,
  id: '2026-05-04T10-00-00Z-live',
  createdAt: '2026-05-04T10:00:00.000Z',
  endedAt: '2026-05-04T10:05:00.000Z',
  harness: { version: '0.1.0', commit: null },
  machine: describeMachine(),
  upstream: { url: 'https://api.example/v1', model: 'gpt-4o-mini', keyEnv: 'MY_KEY', ownCa: false },
  question: { prompt: 'Say | hi', maxTokens: 5, stream: false, timeoutS: 60 },
  limits: { maxRequests: 100, maxUsd: 0.5, pairsPerSec: 1 },
  price: { usdPerMillionInput: 1, usdPerMillionOutput: 2, source: 'the command line' },
  seed: 7,
  gateways: [{ gateway: 'mine', variant: 'fast', title: 'Mine', version: '1.2' }],
  skipped: [{ label: 'nginx', reason: 'it speaks plain HTTP to its upstream' }],
  ends: [{ gateway: 'mine:fast', why: 'gateway-failed', message: 'status 502' }],
  spent: { requests: 20, usd: 0.0012 },
});

it('says what is added, what was left out, and what it cost', () => {
  const pairs = Array.from({ length: 8 }, (_, index) => aPair(aCall(100 + index), aCall(102 + index)));
  const result = liveResult('mine:fast', [...pairs, aPair(aCall(1), aFailure(502))]);
  const files = liveReport(record, [result]);
  const report = files.get('report.md') ?? '';
  expect(report).toContain('Mine 1.2: adds 2 ms \\[2 ms, 2 ms\\].');
  expect(report).toMatch(/\| Mine 1\.2 \| 8 \| 103\.0 \|.*\+2\.00 \\\[\+2\.00, \+2\.00\\\] \|/);
  expect(report).toContain('20 of at most 100 requests, $0.0012 (the command line)');
  expect(report).toContain('Mine 1.2: ended: it failed: status 502.');
  expect(report).toContain('nginx was left out: it speaks plain HTTP to its upstream.');
  expect(report).toContain('Mine 1.2, gateway, 1 ×: status 502');
  expect(JSON.parse(files.get('results.json') ?? '')).toEqual({ run: record, results: [result] });
});

it('writes sums with as many decimals as they need', () => {
  expect([0, 0.5, 0.0123, 0.000012].map(formatUsd)).toEqual(['$0.00', '$0.50', '$0.0123', '$0.000012']);
});
