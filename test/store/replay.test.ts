import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseReplay, readReplay } from '../../src/store/replay.js';
import { readScenarios } from '../../src/store/scenarios.js';

describe('a file of requests', () => {
  it('may have conversations and requests of both batch APIs', () => {
    const lines = [
      '{"conversations":[{"from":"human","value":"One"},{"from":"gpt","value":"Two"},{"from":"human","value":"Three"},{"from":"gpt","value":"4"}]}',
      '',
      '{"conversations":[{"from":"gpt","value":"I have begun"}]}',
      '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"messages":[]}}',
      '{"custom_id":"b","params":{"max_tokens":3}}',
    ];
    expect(parseReplay(lines.join('\n'), 'x.jsonl')).toEqual([
      {
        kind: 'conversation',
        messages: [
          { role: 'user', content: 'One' },
          { role: 'assistant', content: 'Two' },
          { role: 'user', content: 'Three' },
        ],
      },
      { kind: 'body', dialect: 'openai-chat', body: { messages: [] } },
      { kind: 'body', dialect: 'anthropic-messages', body: { max_tokens: 3 } },
    ]);
  });

  it.each([
    ['{"a":1}', 'x.jsonl:1: in no form that can be replayed'],
    ['\n{"conversations"', 'x.jsonl:2: not JSON'],
    ['{"url":"/v1/embeddings","body":{}}', 'x.jsonl:1: requests to /v1/embeddings can’t be replayed'],
  ])('is refused with the line: %s', (text, why) => {
    expect(() => parseReplay(text, 'x.jsonl')).toThrow(why.replace('’', "'"));
  });

  it('is found beside its scenario, and every scenario of ours has its own', async () => {
    const root = join(import.meta.dirname, '../../scenarios');
    const replaying = (await readScenarios(root)).filter(({ request }) => request.replay !== undefined);
    expect(replaying.length).toBeGreaterThan(0);
    for (const scenario of replaying) {
      const byName = await readReplay(root, scenario.name, scenario);
      expect(byName.length).toBeGreaterThan(10);
      expect(await readReplay('/nowhere', join(root, `${scenario.name}.yaml`), scenario)).toEqual(byName);
    }
  });
});
