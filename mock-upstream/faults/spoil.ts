import type { Fault } from '../../common/fault.js';
import type { Ending, Reply } from '../api/reply.js';

/** How a reply is sent. */
export interface Delivery {
  reply: Reply;
  /** How much of a whole reply; a stream has been cut already. */
  share: 'all' | 'half' | 'none';
  ending: Ending;
}

/** A fault of an answer; those before it, errors and slowness, are the exchange's. */
export type AnswerFault = Exclude<Fault['kind'], 'error' | 'slow'>;

/** Let a reply go wrong. */
export function spoil(reply: Reply, fault: AnswerFault | null): Delivery {
  switch (fault) {
    case null:
      return { reply, share: 'all', ending: 'complete' };
    case 'stalled':
      return { reply, share: 'none', ending: 'stall' };
    case 'reset':
      return { reply, share: 'none', ending: 'reset' };
    case 'stalled-mid':
      return { reply: firstHalf(reply), share: 'half', ending: 'stall' };
    case 'reset-mid':
      return { reply: firstHalf(reply), share: 'half', ending: 'reset' };
    case 'cut':
      return { reply: firstHalf(reply), share: 'half', ending: 'close' };
    case 'truncated':
      return { reply: reply.kind === 'stream' ? firstHalf(reply) : malformed(reply), share: 'all', ending: 'complete' };
    case 'malformed':
      return { reply: malformed(reply), share: 'all', ending: 'complete' };
  }
}

/** The first half of a stream, at least a frame, without its end. A whole reply is cut when it is sent. */
function firstHalf(reply: Reply): Reply {
  if (reply.kind === 'whole') return reply;
  const frames = [...reply.frames];
  return { ...reply, frames: framesOf(frames.slice(0, Math.max(1, frames.length >> 1)), '') };
}

/** Half of the JSON: of a stream, in the frame in its middle. */
function malformed(reply: Reply): Reply {
  if (reply.kind === 'whole') {
    return { ...reply, body: reply.body === null ? null : firstHalfOf(reply.body) };
  }
  const frames: string[] = [];
  let end = '';
  for (;;) {
    const { done, value } = reply.frames.next();
    if (done) {
      end = value;
      break;
    }
    frames.push(value);
  }
  const middle = frames.length >> 1;
  const broken = frames.map((frame, index) => (index === middle ? brokenEvent(frame) : frame));
  return { ...reply, frames: framesOf(broken, end) };
}

/** The last event of a frame keeps its form as an event, but its JSON breaks off. */
function brokenEvent(frame: string): string {
  const json = frame.trimEnd();
  const start = Math.max(json.lastIndexOf('data: ') + 'data: '.length, 0);
  return json.slice(0, start) + firstHalfOf(json.slice(start)) + frame.slice(json.length);
}

function firstHalfOf(text: string): string {
  return text.slice(0, text.length >> 1);
}

function* framesOf(frames: readonly string[], end: string): Generator<string, string> {
  yield* frames;
  return end;
}
