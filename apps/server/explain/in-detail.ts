import type { QueryBus } from '@nestjs/cqrs';
import { Type } from 'typebox';
import { ExplanationSchema } from './explain.answers.js';
import type { Explanation } from './explain.js';
import { ExplainStream } from './explain.query.js';

/** The part of a detail that tells what an open instance waits for. */
export const explained = {
  explanation: Type.Union([ExplanationSchema, Type.Null()], {
    description: 'As GET /api/explain/{stream} tells it; null where nothing is waited for',
  }),
};

/** A detail with what its instance waits for. It is decided from the stream, so that it may be newer than the view beside it. */
export async function withExplanation<T extends object>(
  queries: QueryBus,
  stream: string,
  detail: T,
): Promise<T & { readonly explanation: Explanation | null }> {
  const explanation = await queries.execute(new ExplainStream(stream));
  return { ...detail, explanation: explanation.open ? explanation : null };
}
