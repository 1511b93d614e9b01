/**
 * The text of every completion that the mock upstream sends: as many bytes as the published mock's. The harness knows
 * a wrong answer by it.
 */
export const MOCK_TEXT = 'Mock response from the gatebench upstream server.';

/** The text of every stream, frame by frame. */
export const MOCK_STREAM_TEXTS: readonly string[] = [
  'Mock',
  ' streaming',
  ' response',
  ' from',
  ' benchmark',
  ' server.',
];
