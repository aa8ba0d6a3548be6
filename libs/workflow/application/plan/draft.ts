import { categoryOf } from '#event-store';
import { isRefusal, type DomainEvent } from '#kernel';
import type { Dispatched, Dispatcher, Loaded } from '#runtime';
import type { PlanPorts } from './plan.types.js';

/** Something that came to pass in a copy. */
type Noticed = (stream: string, events: readonly DomainEvent[], before: object, after: object) => void;

/** Copies of streams: what is decided is folded here and written nowhere. What nobody has changed is as it is in the log. */
export class Draft implements Dispatcher {
  private readonly states = new Map<string, object>();
  private readonly refusals = new WeakSet<Error>();

  constructor(
    private readonly ports: Pick<PlanPorts, 'deciders' | 'load'>,
    private readonly noticed: Noticed,
  ) {}

  async dispatch<S>(stream: string, command: { readonly type: string }): Promise<Dispatched<S>> {
    const { state } = await this.load(stream);
    const events = this.decide(stream, command, state as object);
    this.fold(stream, events);
    const after = this.states.get(stream) as S;
    return { stream, state: after, events, ...NOWHERE, repeated: false };
  }

  /** Whether it was decided here, of the copies; no system that was asked has said it. */
  decided(refusal: Error): boolean {
    return this.refusals.has(refusal);
  }

  private decide(stream: string, command: { readonly type: string }, state: object): readonly DomainEvent[] {
    try {
      return this.decider(stream).decide(command, state);
    } catch (error) {
      if (isRefusal(error)) this.refusals.add(error);
      throw error;
    }
  }

  async load<S>(stream: string): Promise<Loaded<S>> {
    if (!this.states.has(stream)) this.states.set(stream, await this.ports.load(stream));
    return { state: this.states.get(stream) as S, ...NOWHERE, first: undefined };
  }

  /** Of a stream that was loaded before. */
  fold(stream: string, events: readonly DomainEvent[]): void {
    const before = this.states.get(stream)!;
    const decider = this.decider(stream);
    const after = events.reduce<object>((state, event) => decider.evolve(state, event) as object, before);
    this.states.set(stream, after);
    this.noticed(stream, events, before, after);
  }

  private decider(stream: string) {
    const found = this.ports.deciders[categoryOf(stream)];
    if (found === undefined) throw new Error(`a plan knows no decider of ${stream}`);
    return found;
  }
}

/** A copy stands at no place of the log. */
const NOWHERE = { revision: -1, position: 0 } as const;
