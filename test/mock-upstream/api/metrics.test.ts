import { expect, test } from 'vitest';
import { Metrics, renderMetrics } from '../../../mock-upstream/api/metrics.js';

test('the counts of two processes, as Prometheus reads them', () => {
  const [one, two] = [new Metrics(), new Metrics()];
  one.countRequest('chat', '200', 60);
  one.countRequest('chat', '200', 600);
  two.countRequest('chat', '200', 0.5);
  two.countRequest('messages', '429', 70_000);
  one.countTokens(10, 7);
  two.countTokens(1, 2);
  two.countFault('429');
  const text = renderMetrics([one.part({ active: 3, queued: 1 }), two.part({ active: 4, queued: 0 })]);
  const lines = text.split('\n');
  for (const line of [
    'gatebench_mock_requests_total{endpoint="chat",outcome="200"} 3',
    'gatebench_mock_requests_total{endpoint="messages",outcome="429"} 1',
    'gatebench_mock_request_duration_seconds_bucket{endpoint="chat",le="0.001"} 1',
    'gatebench_mock_request_duration_seconds_bucket{endpoint="chat",le="0.05"} 1',
    'gatebench_mock_request_duration_seconds_bucket{endpoint="chat",le="0.1"} 2',
    'gatebench_mock_request_duration_seconds_bucket{endpoint="chat",le="1"} 3',
    'gatebench_mock_request_duration_seconds_bucket{endpoint="chat",le="+Inf"} 3',
    'gatebench_mock_request_duration_seconds_count{endpoint="chat"} 3',
    'gatebench_mock_request_duration_seconds_bucket{endpoint="messages",le="60"} 0',
    'gatebench_mock_request_duration_seconds_bucket{endpoint="messages",le="+Inf"} 1',
    'gatebench_mock_faults_total{fault="429"} 1',
    'gatebench_mock_tokens_total{type="prompt"} 11',
    'gatebench_mock_tokens_total{type="completion"} 9',
    'gatebench_mock_active_requests 7',
    'gatebench_mock_queued_requests 1',
  ]) {
    expect(lines).toContain(line);
  }
  // The text format: comments, or a name, labels and a number.
  for (const line of lines.slice(0, -1)) {
    expect(line).toMatch(/^# (?:HELP|TYPE) \w+ \S|^\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? \d+(?:\.\d+)?$/);
  }
  expect(text.endsWith('\n')).toBe(true);
});
