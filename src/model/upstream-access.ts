/** What a request to an upstream has to carry besides its question. */
export interface UpstreamAccess {
  key: string;
  /** The model's name there. */
  model: string;
}

/** Of the mock, which takes any key and answers for any model. */
export const MOCK_ACCESS: UpstreamAccess = { key: 'sk-gatebench', model: 'gpt-4o' };
