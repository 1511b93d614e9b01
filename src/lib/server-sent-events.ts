/**
 * The data of each event of a whole SSE stream, in order. Lines of one event are joined with LF; comments, event names
 * and events without data are left out (HTML standard, "Interpreting an event stream").
 *
 * An event that the stream's end cuts off counts, unlike in browsers: clients of this API take `data: [DONE]` without an
 * empty line behind it.
 */
export function eventData(stream: string): string[] {
  const events: string[] = [];
  let lines: string[] = [];
  const text = stream.startsWith('\ufeff') ? stream.slice(1) : stream;
  // Nearly all streams have LF alone, and a string splits faster than a pattern.
  for (const line of text.split(text.includes('\r') ? /\r\n|\n|\r/ : '\n')) {
    if (line === '') {
      if (lines.length > 0) events.push(lines.join('\n'));
      lines = [];
    } else if (line === 'data' || line.startsWith('data:')) {
      lines.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    }
  }
  if (lines.length > 0) events.push(lines.join('\n'));
  return events;
}
