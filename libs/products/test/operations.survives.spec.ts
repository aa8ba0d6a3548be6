import { describe, expect, it } from '@jest/globals';
import { Refusal, type Outcome } from '#kernel';
import { operationDecider, operationEvents, ProvisionerRegistry, provisioningEffects } from '#provisioning';
import { MemoryVault } from '#testing';
import { operationStep, parallel, sleep, step, subWorkflow, workflow, type Node } from '#workflow';
import { survivesAnyCrash, type Fakes } from '#workflow/testing';
import { Type } from 'typebox';

const meta = { version: 1, target: 'SYSTEM', description: 'test' } as const;
const text = Type.String();

/** Boxes by whose they are. A slow provisioner makes one and does not answer before virtual hours have gone by. */
const fakes =
  (slow: boolean, more: Partial<Fakes> = {}) =>
  () => {
    const boxes = new Set<string>();
    const known = new ProvisionerRegistry().register({
      type: 'box',
      terms: { pollMs: 60_000, deadlineMs: 7_200_000 },
      async call({ type, parameters }): Promise<Outcome> {
        const whose = String(parameters['whose']);
        if (type === 'deprovision') boxes.delete(whose);
        else boxes.add(whose);
        if (type === 'provision' && slow) return { kind: 'accepted', location: whose };
        return { kind: 'done', result: type === 'provision' ? { id: whose, address: {} } : {} };
      },
      ask: () => Promise.resolve({ kind: 'pending' }),
    });
    return {
      deciders: { operation: operationDecider(known) },
      events: operationEvents,
      effects: (given: Parameters<NonNullable<Fakes['effects']>>[0]) =>
        provisioningEffects(known, { vault: new MemoryVault(), ...given }),
      outside: () => [...boxes],
      ...more,
    };
  };

const box = (whose: string) =>
  operationStep({
    key: 'make',
    adds: { made: text },
    manifest: () => ({ needs: [{ id: 'it', type: 'box', parameters: { whose } }] }),
    result: (resources) => ({ made: resources['it']!.id! }),
  });
const race = (...slow: readonly Node[]) =>
  workflow({ ...meta, key: 'race' }, [
    parallel('race', { slow, quick: [sleep({ key: 'nap', ms: 600_000 })] }, { join: 'first' }),
  ] as never);
const statuses = (streams: Readonly<Record<string, unknown>>) =>
  Object.entries(streams).map(([stream, state]) => [stream.split('-')[0], (state as { status: string }).status]);

describe('what an operation made is taken back, wherever the process is stopped', () => {
  it('when its branch was left', async () => {
    const { end } = await survivesAnyCrash(race(box('a')), fakes(true));
    expect([end.status, end.outside, statuses(end.streams).at(-1)]).toEqual([
      'completed',
      [],
      ['operation', 'DEPROVISIONED'],
    ]);
  }, 120_000);

  it('when its process was aborted, as a sub-workflow is with its branch', async () => {
    const kid = workflow({ ...meta, key: 'kid' }, [box('k')]);
    const parent = race(subWorkflow({ key: 'kid', workflow: 'kid', input: () => ({}) }));
    const { end } = await survivesAnyCrash(parent, fakes(true, { workflows: [kid] }));
    expect([end.status, end.outside]).toEqual(['completed', []]);
    expect(Object.fromEntries(statuses(end.streams).slice(1))).toEqual({
      process: 'aborted',
      operation: 'DEPROVISIONED',
    });
  }, 120_000);

  it('when it is undone because a later step failed', async () => {
    const no = () => {
      throw new Refusal('no', 409, 'no');
    };
    const fails = workflow({ ...meta, key: 'fails', onFailure: 'compensate' }, [
      box('a'),
      step({ key: 'no', handler: no }),
    ]);
    const { end } = await survivesAnyCrash(fails, fakes(false));
    expect([end.status, end.outside, statuses(end.streams).at(-1)]).toEqual([
      'aborted',
      [],
      ['operation', 'DEPROVISIONED'],
    ]);
  }, 120_000);
});
