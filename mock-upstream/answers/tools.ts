import { ApiError } from '../api/api-error.js';

/** A function that a request offers. */
export interface Tool {
  name: string;
  /** JSON schema of its arguments. */
  parameters: unknown;
}

export type ToolChoice = 'none' | 'auto' | 'required' | { name: string };

/**
 * The tools to call. Left the choice, the mock calls the first one, and answers in words once it has the result: so a
 * loop that runs an agent ends.
 * @param hasResult the conversation ends with the result of a tool
 * @returns null to answer in words
 */
export function toolsToCall(tools: readonly Tool[], choice: ToolChoice, hasResult: boolean): readonly Tool[] | null {
  const [first] = tools;
  if (choice === 'none') return null;
  if (choice === 'auto') return first && !hasResult ? [first] : null;
  if (choice === 'required') {
    if (!first) throw new ApiError(400, 'tool_choice is required, but there are no tools', { param: 'tool_choice' });
    return [first];
  }
  const named = tools.find((tool) => tool.name === choice.name);
  if (!named) {
    throw new ApiError(400, `tool_choice names "${choice.name}", which is not among the tools`, {
      param: 'tool_choice',
    });
  }
  return [named];
}
