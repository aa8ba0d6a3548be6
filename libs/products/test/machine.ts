import { categoryOf } from '#event-store';
import type { Decider, DomainEvent, Outcome, Owed, Run } from '#kernel';
import { operationDecider, ProvisionerRegistry, provisioningEffects } from '#provisioning';
import type { Dispatcher, Effect, EffectCall } from '#runtime';
import { claimTerms, subscriptionDecider, type ExistingSubscription } from '#subscription';
import { processDecider, processEffects, processStream, type ProcessState, type StartedProcess } from '#workflow';
import { MemoryVault } from '#testing';
import { catalogue, productRegistry, type ProductPorts } from '../index.js';

type AnyDecider = Decider<any, any, DomainEvent> & { next?(state: unknown): readonly Owed[] };

/** Deciders and effects of the products on streams in memory: a workflow runs to its end in one call, without server, clock or disk. */
export class Machine {
  readonly events: DomainEvent[] = [];
  /** Keys of the steps that ran, in order, of every process. */
  readonly ran: string[] = [];
  private readonly states = new Map<string, any>();
  private readonly deciders: Record<string, AnyDecider>;
  private readonly effects: readonly Effect[];
  private readonly workflows: ReturnType<typeof productRegistry>['workflows'];
  private started = 0;
  /** Key of the step whose attempts are refused. */
  failAt: string | undefined;

  constructor(ports: ProductPorts) {
    const { workflows, provisioners } = productRegistry(ports);
    const registry = new ProvisionerRegistry().register(...provisioners);
    this.workflows = workflows;
    this.deciders = {
      process: processDecider(workflows) as never,
      subscription: subscriptionDecider(catalogue) as never,
      operation: operationDecider(registry) as never,
    };
    const dispatcher = () => this as unknown as Dispatcher;
    const clock = { now: () => 1000, after: () => () => undefined };
    const vault = new MemoryVault();
    this.effects = [
      ...processEffects(workflows, { dispatcher, clock }),
      ...provisioningEffects(registry, { vault, clock, dispatcher }),
    ];
  }

  /** Starts a workflow, with the claim the server would give it, and runs until nothing is owed. */
  async run(workflow: string, state: Readonly<Record<string, unknown>>): Promise<StartedProcess> {
    const id = `p${++this.started}`;
    const claims = this.claimsOf(workflow, state['subscription_id']);
    await this.dispatch(processStream(id), {
      type: 'StartProcess',
      workflow,
      state,
      createdBy: 'ann',
      claims,
      time: 1,
    });
    await this.drive();
    return this.process(id);
  }

  /** What is due after people did something. */
  async send(stream: string, command: object): Promise<void> {
    await this.dispatch(stream, command);
    await this.drive();
  }

  /** Id of the process that was started last. */
  get last(): string {
    return `p${this.started}`;
  }

  process(id: string): StartedProcess {
    const state = this.stateOf(processStream(id)) as ProcessState;
    if (state.status === 'none') throw new Error(`there is no process ${id}`);
    return state;
  }

  subscription(id: unknown): ExistingSubscription {
    return this.stateOf(`subscription-${String(id)}`);
  }

  async dispatch(stream: string, command: object): Promise<{ state: any }> {
    this.fold(stream, this.deciders[categoryOf(stream)]!.decide(command, this.stateOf(stream)));
    return { state: this.stateOf(stream) };
  }

  async load(stream: string): Promise<{ state: any }> {
    return { state: this.stateOf(stream) };
  }

  private claimsOf(workflow: string, id: unknown) {
    if (typeof id !== 'string') return undefined;
    const { target, isTask } = this.workflows.latest(workflow)!.definition;
    const product = catalogue.find(this.subscription(id).productId);
    const listed = product?.workflows.find(({ name }) => name === workflow);
    const { usableWhen, outOfSyncAllowed, blockedByUsers } = claimTerms(
      { ...listed, name: workflow, target, isTask },
      product,
    );
    return { subscriptionId: id, usableWhen, outOfSyncAllowed, blockedByUsers };
  }

  private async drive(): Promise<void> {
    for (let due = this.due(); due !== undefined; due = this.due()) await this.attempt(...due);
  }

  private due(): [string, Run] | undefined {
    for (const [stream, state] of this.states)
      for (const owed of this.deciders[categoryOf(stream)]!.next?.(state) ?? [])
        if (owed.kind === 'run' && owed.intent) return [stream, owed];
    return undefined;
  }

  private async attempt(stream: string, run: Run): Promise<void> {
    this.fold(stream, [run.intent!({ owner: 'o', until: 10_000, time: 1, tokenKey: 'k' })]);
    const { key, attempt, input } = run;
    if (categoryOf(stream) === 'process' && !key.startsWith('$')) this.ran.push(key.split('/')[0]!);
    const call = { stream, key, attempt, input, idempotencyKey: `${stream}/${key}`, signal: AbortSignal.timeout(5000) };
    const effect = this.effects.find(({ name }) => name === run.effect)!;
    const running =
      key === `${this.failAt}/1`
        ? Promise.reject<Outcome>(new Error('refused by the test'))
        : effect.run(call as EffectCall);
    const outcome = await running.catch((error: Error & { code?: string; status?: number }) => ({
      kind: 'failed',
      failure: { kind: 'refused', code: error.code ?? 'threw', message: error.message, status: error.status },
    }));
    await this.dispatch(stream, { type: 'Outcome', key, attempt, outcome, time: 2, jitter: 0 });
  }

  private stateOf(stream: string): any {
    return this.states.get(stream) ?? this.deciders[categoryOf(stream)]!.initial();
  }

  private fold(stream: string, events: readonly DomainEvent[]): void {
    this.events.push(...events);
    const { evolve } = this.deciders[categoryOf(stream)]!;
    this.states.set(
      stream,
      events.reduce((state, event) => evolve(state, event), this.stateOf(stream)),
    );
  }
}
