import { describe, expect, it } from 'vitest';
import { completeAnswers, splitWords } from '../../../src/app/new-gateway/answers.js';

const program = async () => 'mine/server.js';

describe('what is asked of a new gateway', () => {
  it('is what was not given, and Enter takes the proposal', async () => {
    const asked: string[] = [];
    const answers = await completeAnswers(
      'mine',
      { install: 'npm:mine@1.0.0', port: 8123 },
      program,
      new Map(),
      async (question, fallback) => {
        asked.push(question);
        return question.startsWith('Environment') ? "A=1 B='two words'" : (fallback ?? '');
      },
    );
    expect(answers).toMatchObject({
      program: 'mine/server.js',
      command: ['node', '{entry}'],
      port: 8123,
      healthPath: '/health',
      environment: { A: '1', B: 'two words' },
      headers: {},
    });
    expect(asked.map((question) => question.split(/[ ?]/)[0])).toEqual([
      'Which',
      'Its',
      'Which',
      'Environment',
      'Headers',
    ]);
  });

  it('are flags where nobody can be asked, and all that are missing are named', async () => {
    await expect(completeAnswers('mine', { install: 'npm:mine' }, program, new Map(), null)).rejects.toThrow(
      '--command, --health are missing, and there is no terminal to ask on',
    );
  });
});

describe('splitWords', () => {
  it.each([
    ['node {entry} --port={port}', ['node', '{entry}', '--port={port}']],
    [`{entry} --name 'two words' --x="a b"c`, ['{entry}', '--name', 'two words', '--x=a bc']],
    ["{entry} ''", ['{entry}', '']],
  ])('%s', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  it.each(["{entry} 'open", '  '])('refuses "%s"', (text) => {
    expect(() => splitWords(text)).toThrow(/has no end|is empty/);
  });
});
