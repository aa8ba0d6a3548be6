import type { Driving, Failure, Outcome, Owed, Run } from '#kernel';
import { backOff, type RequestPolicy } from './policy.js';
import { evolveRequest, resumeRequest } from './request.evolve.js';
import type { RequestEvent, RequestEvents } from './request.events.js';
import { mayHaveTakenEffect, requestKey, TAKE_OVER_MS, type Request } from './request.state.js';

/** What a request that exists, or is to begin, owes. `freshInput` builds the body of a generation's first attempt. */
export interface RequestSpec {
  readonly step: string;
  readonly effect: string;
  /** The effect that asks how it stands, for completion by polling. */
  readonly pollEffect?: string;
  readonly policy: RequestPolicy;
  readonly freshInput: () => unknown;
  /** Generation of a request that has not begun; 1 unless earlier ones were set aside. */
  readonly firstGeneration?: number;
}

/** The runner's commands tell when they were made, and what chance said. */
type Timed = Driving & { type: 'Due' | 'Outcome' };

/** Ties the request to a context's event names. */
export class Requests<N extends RequestEvents> {
  constructor(private readonly names: N) {}

  next(spec: RequestSpec, request: Request | undefined): readonly Owed<RequestEvent>[] {
    if (request === undefined) return [this.attempt(spec, undefined, 0)];
    switch (request.status) {
      case 'resumed':
        return [this.attempt(spec, request, 0)];
      case 'retrying':
        return [this.attempt(spec, request, request.notBefore)];
      case 'intended':
        if (!mayTakeOver(request, spec.policy))
          return [{ kind: 'wait', key: keyOf(request), until: request.until + TAKE_OVER_MS }];
        return [this.attempt(spec, request, request.until + TAKE_OVER_MS)];
      case 'accepted':
        return this.waiting(spec, request);
      case 'overdue':
        return request.doing === 'probe' && spec.pollEffect !== undefined
          ? [this.ask(spec, request, spec.pollEffect, request.since)]
          : [{ kind: 'wait', key: `${keyOf(request)}/operator` }];
      case 'done':
      case 'failed':
        return [];
    }
  }

  private attempt(spec: RequestSpec, request: Request | undefined, notBefore: number): Run<RequestEvent> {
    const generation = request?.generation ?? spec.firstGeneration ?? 1;
    const attempt = (request?.attempt ?? 0) + 1;
    const first = request?.input === undefined;
    const input = first ? spec.freshInput() : request.input;
    const underWay = request?.status === 'intended';
    const { completion } = spec.policy;
    return {
      kind: 'run',
      key: requestKey(spec.step, generation),
      effect: spec.effect,
      attempt,
      input,
      notBefore,
      owner: underWay ? request.owner : undefined,
      until: underWay ? request.until : undefined,
      tokenKey: first ? undefined : request.tokenKey,
      deadline: request?.deadline,
      deadlineMs: completion.kind === 'at_once' ? undefined : completion.deadlineMs,
      intent: (by) => ({
        type: this.names.started,
        data: {
          step: spec.step,
          generation,
          attempt,
          owner: by.owner,
          until: by.until,
          time: by.time,
          ...(first && {
            input,
            tokenKey: by.tokenKey,
            ...(by.deadline !== undefined && { deadline: by.deadline }),
          }),
        },
      }),
    };
  }

  private waiting(spec: RequestSpec, request: Request & { status: 'accepted' }): readonly Owed<RequestEvent>[] {
    const how = spec.pollEffect === undefined ? 'end' : 'ask';
    const deadline = { kind: 'wait', key: keyOf(request), until: request.closesAt, deadline: how } as const;
    if (request.pollAt === undefined || spec.pollEffect === undefined) return [deadline];
    return [this.ask(spec, request, spec.pollEffect, request.pollAt), deadline];
  }

  /** A pure read of how the request stands. */
  private ask(
    spec: RequestSpec,
    request: Request & { status: 'accepted' | 'overdue' },
    effect: string,
    notBefore: number,
  ): Run<RequestEvent> {
    return {
      kind: 'run',
      key: keyOf(request),
      effect,
      attempt: request.attempt,
      input: { ...(request.input as object), location: request.location },
      notBefore,
      everyMs: pollMs(spec.policy),
      tokenKey: request.tokenKey,
      deadline: request.deadline,
    };
  }

  /**
   * Decides a driving command against the request (law 4). `check` turns a result that does not fit into a failure.
   * What does not fit the state gives no event.
   */
  decide(
    command: Driving,
    request: Request | undefined,
    policy: RequestPolicy,
    check: (result: unknown) => Failure | undefined,
  ): readonly RequestEvent[] {
    if (request === undefined || request.status === 'done' || request.status === 'failed') return [];
    if (command.type === 'HandBack') {
      if (request.status !== 'intended' || request.owner !== command.owner || !command.keys.includes(keyOf(request)))
        return [];
      if (policy.unknown === 'operator') return [this.event('failed', request, { failure: LOST, time: command.time })];
      return [this.event('handedBack', request, { owner: command.owner, time: command.time })];
    }
    if (command.key !== keyOf(request)) return [];
    if (command.type === 'Due') return this.due(command, request, policy);
    const { outcome, time } = command;
    switch (outcome.kind) {
      case 'done': {
        const failure = check(outcome.result);
        return failure
          ? [this.event('failed', request, { failure, time })]
          : [this.event('completed', request, { result: outcome.result, time })];
      }
      case 'accepted':
        return request.status === 'intended' && command.attempt === request.attempt
          ? [this.accepted(request, policy, outcome, time)]
          : [];
      case 'pending':
        if (request.status === 'overdue' && command.via !== 'callback')
          return request.doing === 'probe' ? this.overdue(command, request, policy) : [];
        return request.status === 'accepted' && outcome.location !== undefined && outcome.location !== request.location
          ? [this.accepted(request, policy, outcome, time)]
          : [];
      case 'failed':
        return this.failed(command, outcome.failure, request, policy);
    }
  }

  private due(command: Timed, request: Request, policy: RequestPolicy): readonly RequestEvent[] {
    const { time } = command;
    if (request.status === 'accepted' && time >= request.closesAt) {
      const heldBack = command.type === 'Due' && command.askFirst === true && this.names.overdue !== undefined;
      if (policy.overdue?.probe !== true && !heldBack) return this.overdue(command, request, policy);
      return [this.event('overdue', request, { doing: 'probe', time })];
    }
    if (request.status === 'intended' && !mayTakeOver(request, policy) && time >= request.until + TAKE_OVER_MS)
      return [this.event('failed', request, { failure: LOST, time })];
    return [];
  }

  /** The deadline has passed, and asking brought no end. */
  private overdue(
    { time, jitter }: Timed,
    request: Request & { status: 'accepted' | 'overdue' },
    policy: RequestPolicy,
  ): readonly RequestEvent[] {
    switch (policy.overdue?.then) {
      case 'retry':
        return [this.againOrFailed(request, policy, DEADLINE, time, jitter)];
      case 'alert':
        return [this.event('overdue', request, { doing: 'wait', time })];
      case 'extend':
        return [this.accepted(request, policy, { kind: 'pending', location: request.location }, time, true)];
      default:
        return [this.event('failed', request, { failure: DEADLINE, time })];
    }
  }

  private accepted(
    request: Request,
    policy: RequestPolicy,
    outcome: Outcome & { kind: 'accepted' | 'pending' },
    time: number,
    anew = false,
  ): RequestEvent {
    const { completion } = policy;
    const ownMs = completion.kind === 'at_once' ? DEFAULT_DEADLINE_MS : completion.deadlineMs;
    // After an operator resumed it behind its deadline, the other side is told the same one again, but gets time anew.
    const closesAt = request.deadline !== undefined && request.deadline > time ? request.deadline : time + ownMs;
    const every = pollMs(policy);
    const polled = completion.kind === 'poll' || (every !== undefined && outcome.location !== undefined);
    return this.event('accepted', request, {
      closesAt: request.status === 'accepted' && !anew ? request.closesAt : closesAt,
      ...(outcome.location !== undefined && { location: outcome.location }),
      ...(polled && { pollAt: time + (outcome.retryAfterMs ?? every ?? 0) }),
      time,
    });
  }

  /** Of a superseded attempt it changes nothing; a callback cannot tell of which attempt it is (law 4). */
  private failed(
    command: Driving & { type: 'Outcome' },
    failure: Failure,
    request: Request,
    policy: RequestPolicy,
  ): readonly RequestEvent[] {
    if (command.via === 'callback') {
      if (request.status === 'retrying' && sameFailure(request.failure, failure)) return [];
    } else if (command.attempt !== request.attempt || request.status === 'retrying' || request.status === 'resumed') {
      return [];
    } else if (request.status === 'overdue') {
      return this.probed(command, failure, request, policy);
    } else if (request.status === 'accepted' && mayHaveTakenEffect(failure)) {
      return [];
    }
    return [this.againOrFailed(request, policy, failure, command.time, command.jitter)];
  }

  /** A probe that finds the request refused ends it; one that finds nothing out leaves it to the policy. */
  private probed(
    command: Driving & { type: 'Outcome' },
    failure: Failure,
    request: Request & { status: 'overdue' },
    policy: RequestPolicy,
  ): readonly RequestEvent[] {
    if (request.doing !== 'probe') return [];
    const final = failure.kind === 'refused' || failure.kind === 'invalid_result';
    return final
      ? [this.event('failed', request, { failure, time: command.time })]
      : this.overdue(command, request, policy);
  }

  private againOrFailed(
    request: Request,
    policy: RequestPolicy,
    failure: Failure,
    time: number,
    jitter: number,
  ): RequestEvent {
    const wait =
      failure.kind === 'unknown' && policy.unknown === 'operator'
        ? undefined
        : backOff(policy.retry, failure, request.failures + 1, jitter);
    return wait === undefined
      ? this.event('failed', request, { failure, time })
      : this.event('retryScheduled', request, { failure, notBefore: time + wait, time });
  }

  private event(kind: keyof RequestEvents, request: Request, more: object): RequestEvent {
    return {
      type: this.names[kind]!,
      data: { step: request.step, generation: request.generation, attempt: request.attempt, ...more },
    } as RequestEvent;
  }

  /** See {@link evolveRequest}. */
  evolve(request: Request | undefined, event: RequestEvent): Request | undefined {
    return evolveRequest(this.names, request, event);
  }

  readonly resume = resumeRequest;
}

/** A lost attempt is repeated while it may be, and as often as a failed one (laws 3 and 5). */
const mayTakeOver = (request: Request, policy: RequestPolicy): boolean =>
  policy.unknown === 'repeat' && request.failures + 1 < policy.retry.limit;

const pollMs = ({ completion }: RequestPolicy): number | undefined =>
  completion.kind === 'poll' ? completion.everyMs : completion.kind === 'callback' ? completion.pollMs : undefined;

const sameFailure = (a: Failure, b: Failure): boolean =>
  a.kind === b.kind && a.code === b.code && a.message === b.message;

const keyOf = (request: Request): string => requestKey(request.step, request.generation);
const DEFAULT_DEADLINE_MS = 24 * 3_600_000;

const DEADLINE: Failure = {
  kind: 'unknown',
  code: 'deadline_exceeded',
  message: 'no final answer before the deadline',
};
const LOST: Failure = {
  kind: 'unknown',
  code: 'outcome_unknown',
  message: 'the attempt ended without a known outcome and cannot be repeated',
};
