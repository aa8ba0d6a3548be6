import type { Driving, Failure, Outcome, Owed, Run } from '#kernel';
import { backOff, type RequestPolicy } from './policy.js';
import type { RequestEvent, RequestEvents } from './request.events.js';
import { requestKey, TAKE_OVER_MS, type Request, type RequestCommon } from './request.state.js';

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
        return [
          {
            ...this.attempt(spec, request, request.until + TAKE_OVER_MS),
            owner: request.owner,
            until: request.until,
          },
        ];
      case 'accepted':
        return this.waiting(spec, request);
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
    const { completion } = spec.policy;
    return {
      kind: 'run',
      key: requestKey(spec.step, generation),
      effect: spec.effect,
      attempt,
      input,
      notBefore,
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
    const deadline = { kind: 'wait', key: keyOf(request), until: request.closesAt } as const;
    if (request.pollAt === undefined || spec.pollEffect === undefined) return [deadline];
    const { completion } = spec.policy;
    const poll: Run<RequestEvent> = {
      kind: 'run',
      key: keyOf(request),
      effect: spec.pollEffect,
      attempt: request.attempt,
      input: { ...(request.input as object), location: request.location },
      notBefore: request.pollAt,
      everyMs: completion.kind === 'poll' ? completion.everyMs : undefined,
      tokenKey: request.tokenKey,
      deadline: request.deadline,
    };
    return [poll, deadline];
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
    if (command.type === 'Due') return this.due(command.time, request, policy);
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
        return request.status === 'accepted' && outcome.location !== undefined && outcome.location !== request.location
          ? [this.accepted(request, policy, outcome, time)]
          : [];
      case 'failed':
        return this.failed(command, outcome.failure, request, policy);
    }
  }

  private due(time: number, request: Request, policy: RequestPolicy): readonly RequestEvent[] {
    if (request.status === 'accepted' && time >= request.closesAt)
      return [this.event('failed', request, { failure: DEADLINE, time })];
    if (request.status === 'intended' && !mayTakeOver(request, policy) && time >= request.until + TAKE_OVER_MS)
      return [this.event('failed', request, { failure: LOST, time })];
    return [];
  }

  private accepted(
    request: Request,
    policy: RequestPolicy,
    outcome: Outcome & { kind: 'accepted' | 'pending' },
    time: number,
  ): RequestEvent {
    const { completion } = policy;
    const ownMs = completion.kind === 'at_once' ? DEFAULT_DEADLINE_MS : completion.deadlineMs;
    // After an operator resumed it behind its deadline, the other side is told the same one again, but gets time anew.
    const closesAt = request.deadline !== undefined && request.deadline > time ? request.deadline : time + ownMs;
    const every = completion.kind === 'poll' ? completion.everyMs : undefined;
    const wait = outcome.retryAfterMs ?? every;
    return this.event('accepted', request, {
      closesAt: request.status === 'accepted' ? request.closesAt : closesAt,
      ...(outcome.location !== undefined && { location: outcome.location }),
      ...(completion.kind === 'poll' && { pollAt: time + (wait ?? 0) }),
      time,
    });
  }

  private failed(
    command: Driving & { type: 'Outcome' },
    failure: Failure,
    request: Request,
    policy: RequestPolicy,
  ): readonly RequestEvent[] {
    const byCallback = command.via === 'callback';
    const ofThisAttempt = request.status === 'intended' && command.attempt === request.attempt;
    if (request.status === 'accepted' && !byCallback && (failure.kind === 'retryable' || failure.kind === 'unknown'))
      return [];
    if (!byCallback && !ofThisAttempt && request.status !== 'accepted') return [];
    const wait =
      failure.kind === 'unknown' && policy.unknown === 'operator'
        ? undefined
        : backOff(policy.retry, failure, request.failures + 1, command.jitter);
    return wait === undefined
      ? [this.event('failed', request, { failure, time: command.time })]
      : [this.event('retryScheduled', request, { failure, notBefore: command.time + wait, time: command.time })];
  }

  private event(kind: keyof RequestEvents, request: Request, more: object): RequestEvent {
    return {
      type: this.names[kind],
      data: { step: request.step, generation: request.generation, attempt: request.attempt, ...more },
    } as RequestEvent;
  }

  /** Folds one of the context's request events; `undefined` when the event is none of them. */
  evolve(request: Request | undefined, event: RequestEvent): Request | undefined {
    const { names } = this;
    const data = event.data as never as Record<string, never>;
    if (event.type === names.started) {
      return {
        status: 'intended',
        step: data['step']!,
        generation: data['generation']!,
        attempt: data['attempt']!,
        failures: (request?.failures ?? 0) + (request?.status === 'intended' ? 1 : 0),
        input: data['input'] ?? request?.input ?? null,
        tokenKey: data['tokenKey'] ?? request?.tokenKey ?? '',
        deadline: data['deadline'] ?? request?.deadline,
        startedAt: request?.startedAt ?? data['time']!,
        owner: data['owner']!,
        until: data['until']!,
      };
    }
    if (request === undefined) return undefined;
    const common: RequestCommon = {
      step: request.step,
      generation: request.generation,
      attempt: request.attempt,
      failures: request.failures,
      input: request.input,
      tokenKey: request.tokenKey,
      deadline: request.deadline,
      startedAt: request.startedAt,
    };
    switch (event.type) {
      case names.accepted:
        return {
          ...common,
          status: 'accepted',
          location: data['location'] ?? (request.status === 'accepted' ? request.location : undefined),
          pollAt: data['pollAt'],
          closesAt: data['closesAt']!,
        };
      case names.retryScheduled:
        return {
          ...common,
          failures: request.failures + 1,
          status: 'retrying',
          notBefore: data['notBefore']!,
          failure: data['failure']!,
        };
      case names.completed:
        return { ...common, status: 'done', result: data['result'], endedAt: data['time']! };
      case names.failed:
        return {
          ...common,
          failures: request.failures + 1,
          status: 'failed',
          failure: data['failure']!,
          endedAt: data['time']!,
        };
      case names.handedBack:
        return { ...common, status: 'retrying', notBefore: 0, failure: HANDED_BACK };
      default:
        return undefined;
    }
  }

  /** A failed request made due again by an operator: same key for retryable and unknown failures, the next generation otherwise. */
  resume(request: Request & { status: 'failed' }, changedInput: boolean): Request {
    const sameKey = !changedInput && (request.failure.kind === 'retryable' || request.failure.kind === 'unknown');
    return {
      status: 'resumed',
      step: request.step,
      generation: sameKey ? request.generation : request.generation + 1,
      attempt: sameKey ? request.attempt : 0,
      failures: 0,
      input: sameKey ? request.input : undefined,
      tokenKey: sameKey ? request.tokenKey : '',
      deadline: sameKey ? request.deadline : undefined,
      startedAt: request.startedAt,
    };
  }
}

/** A lost attempt is repeated while it may be, and as often as a failed one (laws 3 and 5). */
const mayTakeOver = (request: Request, policy: RequestPolicy): boolean =>
  policy.unknown === 'repeat' && request.failures + 1 < policy.retry.limit;

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
const HANDED_BACK: Failure = {
  kind: 'unknown',
  code: 'handed_back',
  message: 'the worker that ran the attempt was shut down',
};
