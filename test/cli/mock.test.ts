import { execa } from 'execa';
import { expect, it } from 'vitest';
import { compiledProgram } from '../../src/lib/paths.js';

/** Starts `gatebench mock` on a free port, and gives its origin to the test. */
async function withMock<T>(flags: string[], use: (origin: string) => Promise<T>): Promise<T> {
  const program = execa(process.execPath, [compiledProgram('src/main'), 'mock', '--port', '0', '--quiet', ...flags], {
    reject: false,
  });
  try {
    const origin = await new Promise<string>((resolve, reject) => {
      let printed = '';
      program.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        const found = /listening on (http:\S+\d)/.exec(printed)?.[1];
        if (found) resolve(found);
      });
      program.on('exit', () => reject(new Error('it ended')));
    });
    return await use(origin);
  } finally {
    program.kill('SIGTERM');
    await program;
  }
}

const askClaude = (origin: string) =>
  fetch(`${origin}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }),
  });

it('answers every API where people start it', async () => {
  expect((await withMock([], askClaude)).status).toBe(200);
});

it('answers as the published mock where they ask for it', async () => {
  expect((await withMock(['--contract', 'published'], askClaude)).status).toBe(404);
});
