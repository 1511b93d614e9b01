import { countModel, type RequestPlan } from '../model/request.js';
import type { Scenario } from '../model/scenario.js';
import { dialectsOf } from './dialects.js';

/** Whether the upstream must answer its APIs in full, and not as the published benchmark's did. */
export function needsFullContract({ request, upstream }: Pick<Scenario, 'request' | 'upstream'>): boolean {
  const { client, upstream: asked } = dialectsOf({ request, upstream });
  const tools = [request, ...(request.classes ?? [])].some((each) => each.tools !== undefined);
  return (
    client !== 'openai-chat' ||
    asked !== 'openai-chat' ||
    upstream.outputTokens !== undefined ||
    tools ||
    request.replay !== undefined
  );
}

/** What a scenario asks of a load engine besides one request in chat completions, sent over and over; empty for none. */
export function engineNeeds(scenario: Pick<Scenario, 'request' | 'upstream'>): string[] {
  const { request, upstream } = scenario;
  const { client, upstream: asked } = dialectsOf(scenario);
  const drawn = (plan: Pick<RequestPlan, 'promptTokens'>) =>
    plan.promptTokens !== undefined && countModel(plan.promptTokens).kind !== 'constant';
  const drawnAnswer = upstream.outputTokens !== undefined && countModel(upstream.outputTokens).kind !== 'constant';
  return [
    ...(request.classes === undefined ? [] : ['request.classes']),
    ...(request.replay === undefined ? [] : ['request.replay']),
    ...(drawn(request) ? ['request.promptTokens that is drawn'] : []),
    ...(request.tools === undefined ? [] : ['request.tools']),
    ...(client === 'openai-chat' ? [] : [`request.dialect ${client}`]),
    ...(asked === 'openai-chat' ? [] : [`upstream.dialect ${asked}`]),
    ...(drawnAnswer ? ['upstream.outputTokens that is drawn'] : []),
  ];
}
