import type { Readable } from 'node:stream';

/**
 * Call back once nobody holds us any more: the input ended, or brought nothing for so long. A program that started us
 * from another host can't be seen to die otherwise; over a cable that is cut, not even its pipe ends.
 */
export function watchHeartbeat(input: Readable, withinMs: number, onSilence: () => void): void {
  let timer = setTimeout(end, withinMs);
  function end(): void {
    clearTimeout(timer);
    input.removeAllListeners('data');
    onSilence();
  }
  input.on('data', () => {
    clearTimeout(timer);
    timer = setTimeout(end, withinMs);
  });
  input.once('end', end);
  input.once('error', end);
}
