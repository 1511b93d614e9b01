import { readRemoteProgram } from '../../remote/remote-program.js';
import type { LoadSpec } from '../engine.js';

/**
 * wrk's script of a run: the one request, and at the end all that wrk counted, as JSON in a file.
 * @param resultFile absolute
 * @param everyResponse look at every response, which costs wrk about as much as the requests themselves
 */
export function wrkScript(spec: LoadSpec, resultFile: string, everyResponse: boolean): string {
  const headers = Object.entries(spec.headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`);
  return [
    `wrk.method = "POST"`,
    ...headers,
    `wrk.body = ${lua(spec.body)}`,
    `local result_file = ${lua(resultFile)}`,
    ...(everyResponse ? [readRemoteProgram('wrk/count-responses.lua')] : []),
    readRemoteProgram('wrk/write-result.lua'),
  ].join('\n');
}

/** A Lua string: every byte that isn't plain as its number. */
export function lua(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')];
  return `"${bytes.map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`)).join('')}"`;
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
}
