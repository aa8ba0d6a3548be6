import { Query, QueryBus, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Type } from 'typebox';
import { StoreError } from '#event-store';
import { Parts } from '../composition/parts.js';
import { ExplanationSchema } from './explain.answers.js';
import type { Explanation } from './explain.js';
import { ExplainStream } from './explain.query.js';

/** The part of a detail that tells what an open instance waits for. */
export const explained = {
  explanation: Type.Union([ExplanationSchema, Type.Null()], {
    description:
      'As GET /api/explain/{stream} tells it; null where nothing is waited for, and while the stream cannot be read',
  }),
};

/** Null where nothing is waited for, and while the stream cannot be read: that must not keep anybody from what the view shows. */
export class ExplainIfOpen extends Query<Explanation | null> {
  constructor(readonly stream: string) {
    super();
  }
}

@QueryHandler(ExplainIfOpen)
export class ExplainIfOpenHandler implements IQueryHandler<ExplainIfOpen> {
  constructor(
    private readonly parts: Parts,
    private readonly queries: QueryBus,
  ) {}

  async execute({ stream }: ExplainIfOpen): Promise<Explanation | null> {
    if (this.parts.trouble() !== undefined) return null;
    const explanation = await this.queries.execute(new ExplainStream(stream)).catch(unlessUnreadable);
    return explanation?.open ? explanation : null;
  }
}

/** A detail with what its instance waits for. It is decided from the stream, so that it may be newer than the view beside it. */
export async function withExplanation<T extends object>(
  queries: QueryBus,
  stream: string,
  detail: T,
): Promise<T & { readonly explanation: Explanation | null }> {
  return { ...detail, explanation: await queries.execute(new ExplainIfOpen(stream)) };
}

function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof StoreError)) throw error;
}
