import { Refusal, sameJson, type Decider } from '#kernel';
import type {
  PatchProduct,
  ProductCommand,
  ProductDefinition,
  ProductEvent,
  ProductEvents,
  ProductLifecycle,
  RegisterProduct,
} from '../published/index.js';

/** A product that was registered, or what people said of something else in the catalogue. */
export interface ProductState {
  readonly definition?: ProductDefinition;
  readonly status?: ProductLifecycle;
  /** ms since the epoch. */
  readonly endDate?: number | null;
  /** What people said in place of the code. */
  readonly reconcileOutOfSync?: boolean;
  /** What people call it in place of the code. */
  readonly description?: string;
}

/** Owes nothing. */
export const productDecider: Decider<ProductState, ProductCommand, ProductEvent> = {
  initial: () => ({}),
  evolve,
  decide(command, state) {
    switch (command.type) {
      case 'RegisterProduct':
        return register(command, state);
      case 'PatchProduct':
        return patch(command, state);
      case 'SetDescription': {
        const { type: _, ...data } = command;
        return described(data, state.description);
      }
    }
  },
};

function evolve(state: ProductState, event: ProductEvent): ProductState {
  switch (event.type) {
    case 'ProductRegistered':
      return { ...state, definition: event.data.definition, status: event.data.status, endDate: null };
    case 'ProductChanged':
      return { ...state, definition: event.data.definition };
    case 'ProductStatusChanged':
      return { ...state, status: event.data.status, endDate: event.data.endDate };
    case 'ReconcileOutOfSyncChanged':
      return { ...state, reconcileOutOfSync: event.data.allowed };
    case 'DescriptionChanged':
      return { ...state, description: event.data.description };
    default:
      return state;
  }
}

function register({ definition, status, time }: RegisterProduct, state: ProductState): readonly ProductEvent[] {
  if (state.definition === undefined) return [{ type: 'ProductRegistered', data: { definition, status, time } }];
  return sameJson(definition, state.definition) ? [] : [{ type: 'ProductChanged', data: { definition, time } }];
}

function patch(command: PatchProduct, state: ProductState): readonly ProductEvent[] {
  const { status, description, reconcileOutOfSync: allowed, time } = command;
  const { definition } = state;
  if (definition === undefined) throw new Refusal('not_found', 404, 'there is no such product');
  const { name, description: ofCode } = definition;
  return [
    ...(status === undefined || status === state.status ? [] : [statusChanged(command, status)]),
    ...(allowed === undefined || allowed === state.reconcileOutOfSync
      ? []
      : [{ type: 'ReconcileOutOfSyncChanged', data: { allowed, time } } as const]),
    ...(description === undefined
      ? []
      : described({ kind: 'product', name, description, time }, state.description ?? ofCode)),
  ];
}

function statusChanged({ liveSubscriptions, time }: PatchProduct, status: ProductLifecycle): ProductEvent {
  const ends = status === 'end of life';
  if (ends && liveSubscriptions > 0)
    throw new Refusal('product_in_use', 400, 'a product with subscriptions that are not terminated goes on living', {
      subscriptions: liveSubscriptions,
    });
  return { type: 'ProductStatusChanged', data: { status, endDate: ends ? time : null, time } };
}

type Described = ProductEvents['DescriptionChanged']['data'];
const LONGEST = 2_000;

function described(data: Described, before: string | undefined): readonly ProductEvent[] {
  if (data.description.length > LONGEST)
    throw new Refusal('validation_failed', 400, 'the description is too long', {}, [
      { pointer: '/description', message: `must not have more than ${LONGEST} characters` },
    ]);
  return data.description === before ? [] : [{ type: 'DescriptionChanged', data }];
}
