import { Compile, type Validator } from 'typebox/schema';
import type { TSchema } from 'typebox';
import { categoryOf } from './port.js';

/** Marks string fields as personal: they are encrypted with the key of the subject that `subject` names. */
export interface Personal<D> {
  /** Paths of fields whose values are personal, in dot form (`facts.owner.name`). A path that is absent in an event is skipped. */
  readonly fields: readonly string[];
  /** Whose they are: the id under which the key is kept, from the event or from the name of its stream. */
  readonly subject: (data: D, stream: string) => string;
}

/** One event type of one category: registered once, with one schema; old versions are upcast on read. */
export interface EventSpec<T extends string = string, D = unknown> {
  readonly category: string;
  readonly type: T;
  readonly schema: TSchema;
  /** From 1; written as `v` beside the data. */
  readonly version?: number;
  /** `upcasts[n]` turns data of version n into data of version n + 1. */
  readonly upcasts?: Readonly<Record<number, (data: never) => unknown>>;
  readonly personal?: Personal<D>;
}

export interface RegisteredEvent {
  readonly spec: EventSpec;
  readonly version: number;
  readonly check: (data: unknown) => boolean;
  readonly faults: (data: unknown) => string;
}

/** Law 8: an event this process does not know; its instance is left alone. */
export class UnknownEvent extends Error {
  constructor(
    readonly category: string,
    readonly type: string,
    readonly version: number,
  ) {
    super(`no code here for event ${type} version ${version} of category ${category}`);
    this.name = 'UnknownEvent';
  }
}

/** All event types this process knows. */
export class EventRegistry {
  private readonly events = new Map<string, Map<string, RegisteredEvent>>();
  /** Lookups come in a row for one stream. */
  private last: { readonly stream: string; readonly events?: ReadonlyMap<string, RegisteredEvent> } = { stream: '' };

  register(specs: readonly EventSpec<string, never>[]): this {
    for (const spec of specs as readonly EventSpec[]) {
      const category = this.events.get(spec.category) ?? new Map<string, RegisteredEvent>();
      this.events.set(spec.category, category);
      if (category.has(spec.type)) throw new Error(`event ${spec.type} of ${spec.category} is registered twice`);
      category.set(spec.type, { spec, version: spec.version ?? 1, ...checked(spec.schema) });
    }
    return this;
  }

  find(stream: string, type: string): RegisteredEvent | undefined {
    if (stream !== this.last.stream) this.last = { stream, events: this.events.get(categoryOf(stream)) };
    return this.last.events?.get(type);
  }

  all(): readonly RegisteredEvent[] {
    return [...this.events.values()].flatMap((category) => [...category.values()]);
  }
}

/** Compiled when first asked: a thread that only reads events has no need of it, and a start does not wait for every type there is. */
function checked(schema: TSchema): Pick<RegisteredEvent, 'check' | 'faults'> {
  let made: Validator | undefined;
  const compiled = () => (made ??= Compile(schema));
  return {
    check: (data) => compiled().Check(data),
    faults: (data) =>
      compiled()
        .Errors(data)[1]
        .map((e) => `${e.instancePath || '/'} ${e.message}`)
        .join('; '),
  };
}
