import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { EventLog, EventRegistry } from '#event-store';
import type { Outcome } from '#kernel';
import { PlanRegistry, portfolioDecider, stagePlan, type PortfolioState } from '#portfolio';
import { portfolioEvents } from '#portfolio/published';
import {
  operationDecider,
  operationEvents,
  ProvisionerRegistry,
  provisioningEffects,
  type OperationState,
} from '#provisioning';
import { CallbackTokens, Runtime } from '#runtime';
import { MemoryVault, SeededIds, SimulatedStore, VirtualClock } from '#testing';
import { cspEffects, type Csp } from './csp.js';
import { constant, defineStage, fact, text } from './define-stage.js';

const stage = defineStage('boxes.1', {
  name: 'BOX',
  label: 'box',
  payload: { color: fact('color') },
  operation: { needs: [{ id: 'box', type: 'box' }], policy: { attempts: 2 } },
  wire: { result: { url: 'resources.box.address.url' } },
  undo: { cannot: 'the operation is deprovisioned by itself' },
  result: { url: text },
});
const plan = stagePlan({
  csp: 'boxes',
  name: 'boxes',
  version: 1,
  facts: Type.Object({ color: text }),
  stages: [stage],
});
const csp: Csp = { name: 'boxes', plans: [plan], target: () => ({ endpoints: {} }) };
const settings = {
  baseUrl: 'http://csp',
  vault: new MemoryVault(),
  parents: async () => ({ phase: 'ABSENT' }) as const,
};
const root = { tenantId: 't', clientId: 'c', clientSecret: 's' };

/** A portfolio of that plan on the shipped runner; its provisioner answers one outcome after the other, and the last for ever. */
async function portfolio(...outcomes: Outcome[]) {
  const clock = new VirtualClock();
  const store = new SimulatedStore({ clock });
  const parameters: unknown[] = [];
  const provisioners = new ProvisionerRegistry().register({
    type: 'box',
    call: async (call) => {
      parameters.push(call.parameters);
      return outcomes.length > 1 ? outcomes.shift()! : outcomes[0]!;
    },
  });
  const ports = { clock, dispatcher: () => runtime };
  const runtime: Runtime = new Runtime({
    log: new EventLog(store, new EventRegistry().register(portfolioEvents).register(operationEvents)),
    clock,
    ids: new SeededIds(clock, 1),
    tokens: new CallbackTokens([{ id: 'k', key: new Uint8Array(32) }], 'http://here'),
    effects: [
      ...cspEffects(csp, { ...settings, root, operations: ports }),
      ...provisioningEffects(provisioners, { ...ports, vault: settings.vault }),
    ],
    openWork: () => [],
  });
  runtime.register('portfolio', portfolioDecider(new PlanRegistry().register(plan)));
  runtime.register('operation', operationDecider(provisioners));
  await runtime.start();
  const by = { commandId: '1', correlationId: 'flow', causationId: 'c', actor: 'ann', tenant: 't' };
  const command = {
    type: 'CreatePortfolio',
    name: 'p',
    csp: 'boxes',
    facts: { color: 'red' },
    advance: 'automatic',
    time: 0,
  };
  await runtime.dispatch('portfolio-1', command, by);
  for (let n = 0; n < 200; n++) {
    for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(500);
  }
  const all = await store.readAll({ after: 0 as never });
  const children = [...new Set(all.events.map((event) => event.stream))].filter((name) =>
    name.startsWith('operation-'),
  );
  const { state } = await runtime.load<PortfolioState>('portfolio-1');
  if (state.phase === 'ABSENT') throw new Error('there is no portfolio');
  const operations = await Promise.all(children.map(async (name) => (await runtime.load<OperationState>(name)).state));
  return { phase: state.phase, stage: state.stages['BOX'], operations, parameters, children };
}

describe('a stage that provisions through an operation', () => {
  it('gives it the payload, waits for its end and takes its result from the resources', async () => {
    const busy: Outcome = { kind: 'failed', failure: { kind: 'retryable', code: 'busy', message: 'busy' } };
    const made: Outcome = { kind: 'done', result: { id: 'b1', address: { url: 'http://b1' } } };
    const { phase, stage: ended, operations, parameters, children } = await portfolio(busy, made);
    expect([phase, ended]).toMatchObject(['COMPLETED', { status: 'done', result: { url: 'http://b1' } }]);
    expect(operations).toMatchObject([{ status: 'PROVISIONED', parent: { stream: 'portfolio-1', key: 'BOX/1' } }]);
    expect([children.length, parameters]).toEqual([1, [{ color: 'red' }, { color: 'red' }]]);
  });

  it('fails with the reason of the operation', async () => {
    const no: Outcome = { kind: 'failed', failure: { kind: 'refused', code: 'NoRoom', message: 'no room left' } };
    const { phase, stage: ended } = await portfolio(no);
    expect(phase).toBe('FAILED');
    expect(ended).toMatchObject({ status: 'failed', failure: { code: 'NoRoom', message: 'no room left' } });
  });
});

describe('a plan with such a stage', () => {
  it('is refused where its result is nowhere, it makes calls, is not taken back or tells a secret', () => {
    const { wire: _w, undo: _u, ...bare } = stage;
    const secretive = {
      ...bare,
      calls: [{ api: 'api', method: 'GET', path: '/' }],
      payload: {
        schema: Type.Object({ color: Type.String({ secret: true }) }),
        from: { color: constant('red').from },
      },
    } as const;
    const broken = { ...plan, stages: [secretive] };
    expect(() => new PlanRegistry().register(broken)).toThrow(
      /makes calls[\s\S]*by wire[\s\S]*by undo[\s\S]*color is secret/,
    );
  });

  it('cannot be composed where nothing can begin an operation', () => {
    expect(() => cspEffects(csp, { ...settings, root })).toThrow(/stage BOX is done by an operation/);
  });
});
