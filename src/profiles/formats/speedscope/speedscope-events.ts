import { FormatError } from '../format-error.js';
import type { EventedProfile } from './speedscope-file.js';

/** A stretch of time (or bytes) in which the stack stayed as it was. */
export interface Stretch {
  /** Root first, as the file numbers frames. */
  frames: readonly number[];
  /** In the profile's unit. */
  value: number;
}

/**
 * An evented profile as stretches of one stack each. Stretches of no length, and those outside any frame, are left out.
 * @param field of the profile in its file, for errors
 * @throws FormatError where events aren't nested, or run backwards
 */
export function* closedStacks({ events, startValue, endValue }: EventedProfile, field: string): Generator<Stretch> {
  const open: number[] = [];
  let since = startValue;
  for (const [index, { type, at, frame }] of events.entries()) {
    const place = `${field}.events[${index}]`;
    if (at < since) throw new FormatError(`at ${at}, after ${since}`, { field: place, expected: 'events in order' });
    if (at > since && open.length > 0) yield { frames: [...open], value: at - since };
    since = at;
    if (type === 'O') open.push(frame);
    else if (open.at(-1) === frame) open.pop();
    else {
      const expected = open.length > 0 ? `frame ${open.at(-1)}, which was opened last` : 'a frame to be opened first';
      throw new FormatError(`closes frame ${frame}`, { field: place, expected });
    }
  }
  if (open.length > 0 && endValue > since) yield { frames: [...open], value: endValue - since };
}
