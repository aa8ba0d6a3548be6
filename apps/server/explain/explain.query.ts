import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { CspState } from '#csp';
import { categoryOf, idOf, UnknownEvent } from '#event-store';
import { Refusal } from '#kernel';
import type { PortfolioState } from '#portfolio';
import type { OperationState } from '#provisioning';
import { ENGINE_STREAM, type EngineState } from '#settings';
import type { ProcessState } from '#workflow';
import { Parts } from '../composition/parts.js';
import { explain, type Explanation } from './explain.js';
import { readOutlook, type Outlook } from './outlook.js';
import {
  operationSubject,
  plainSubject,
  portfolioSubject,
  processSubject,
  statedSubject,
  type Subject,
} from './subject.js';

export class ExplainStream extends Query<Explanation> {
  constructor(readonly stream: string) {
    super();
  }
}

/** Decided from the stream as it is, so that it is never behind. */
@QueryHandler(ExplainStream)
export class ExplainStreamHandler implements IQueryHandler<ExplainStream> {
  constructor(private readonly parts: Parts) {}

  async execute({ stream }: ExplainStream): Promise<Explanation> {
    const outlook = await this.outlook(stream);
    if (outlook.revision < 0) throw new Refusal('not_found', 404, 'there is no such stream');
    const subject = this.subjectOf(stream, outlook);
    const { revision, position, events } = outlook;
    return explain({
      stream,
      revision,
      position,
      events,
      owed: this.owedHere(outlook, subject),
      subject,
      cspPausedSince: await this.cspPausedSince(subject.csp),
      enginePausedSince: await this.enginePausedSince(),
    });
  }

  /** A stream with an event that no code here knows cannot be folded, but waits for that code all the same. */
  private async outlook(stream: string): Promise<Outlook> {
    const { runtime, log } = this.parts;
    try {
      return await readOutlook(log, runtime.deciderOf(stream), stream);
    } catch (error) {
      if (!(error instanceof UnknownEvent)) throw error;
      const { events } = await this.parts.store.readStream(stream, { direction: 'backwards', limit: 1 });
      const { revision = -1, position = 0 } = events[0] ?? {};
      return { state: undefined, revision, position, events: [], owed: undefined };
    }
  }

  private subjectOf(stream: string, { state, owed }: Outlook): Subject {
    if (owed === undefined) return plainSubject;
    const id = idOf(stream);
    switch (categoryOf(stream)) {
      case 'portfolio':
        return portfolioSubject(id, state as PortfolioState, this.parts.plans);
      case 'process':
        return processSubject(id, state as ProcessState);
      case 'operation':
        return operationSubject(id, state as OperationState);
      default:
        return statedSubject(state);
    }
  }

  /** A portfolio at rest owes nothing, and none of its commands can be told without its plan. */
  private owedHere({ state, owed }: Outlook, { csp }: Subject): Outlook['owed'] {
    if (csp === undefined) return owed;
    const { plan } = state as Exclude<PortfolioState, { phase: 'ABSENT' }>;
    return this.parts.plans.find(csp, plan) ? owed : undefined;
  }

  private async cspPausedSince(csp: string | undefined): Promise<number | undefined> {
    if (csp === undefined) return undefined;
    const { state } = await this.parts.runtime.load<CspState>(`csp-${csp}`);
    return state.paused?.since;
  }

  private async enginePausedSince(): Promise<number | undefined> {
    const { state } = await this.parts.runtime.load<EngineState>(ENGINE_STREAM);
    return state.pausedSince ?? undefined;
  }
}
