import { describe, expect, it } from 'vitest';
import { eventData } from '../../src/lib/server-sent-events.js';

describe('eventData', () => {
  it.each([
    ['one event after another', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['data of several lines', 'data: {"a":\ndata: 1}\n\n', ['{"a":\n1}']],
    ['lines that end with CR LF, or CR', 'data: a\r\n\r\ndata: b\r\rdata: c\n\n', ['a', 'b', 'c']],
    ['no space behind the colon, or two', 'data:a\n\ndata:  b\n\n', ['a', ' b']],
    ['comments, names and ids', ': ping\n\nevent: x\nid: 1\ndata: a\nretry: 5\n\nevent: y\n\n', ['a']],
    ['a last event without its empty line', 'data: a\n\ndata: [DONE]', ['a', '[DONE]']],
    ['a field whose name only begins so', 'database: a\n\n', []],
    ['data without a colon, which is empty', 'data\n\n', ['']],
    ['a byte order mark', '\ufeffdata: a\n\n', ['a']],
    ['nothing', '', []],
  ])('reads %s', (_what, stream, events) => {
    expect(eventData(stream)).toEqual(events);
  });
});
