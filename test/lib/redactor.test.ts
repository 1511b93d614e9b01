import { expect, it } from 'vitest';
import { redactor } from '../../src/lib/redactor.js';

it('takes a key out, however it was written', () => {
  const redact = redactor('sk-a/b+c=');
  expect(redact('Bearer sk-a/b+c= and ?key=sk-a%2Fb%2Bc%3D and "sk-a\\/b+c=" twice: sk-a/b+c=')).toBe(
    'Bearer [key] and ?key=[key] and "[key]" twice: [key]',
  );
  expect(redact('sk-a/b')).toBe('sk-a/b');
});
