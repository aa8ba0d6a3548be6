import type { RecordedEvent } from '#event-store';
import { PRODUCT, type CatalogueKind, type ProductDefinition, type ProductEvent } from '#catalogue/published';
import type { CatalogueRow } from '../database/tables.js';
import { streamProjection } from '../projector/stream-rows.js';

/** What is on record of one thing in the catalogue; what people said goes before what the code says. `endDate` in ms. */
export interface CatalogueDoc {
  readonly kind: CatalogueKind;
  readonly name: string;
  readonly definition?: ProductDefinition;
  readonly status: string | null;
  readonly endDate: number | null;
  readonly description: string | null;
  /** What people said; absent where they said nothing. */
  readonly reconcileOutOfSync?: boolean;
}

export const catalogueProjection = streamProjection<CatalogueRow, CatalogueDoc>({
  name: 'catalogue',
  version: 1,
  category: PRODUCT,
  columnNames: ['kind', 'name'],
  fold,
  columns: ({ kind, name }) => ({ kind, name }),
});

function fold(doc: CatalogueDoc | undefined, recorded: RecordedEvent): CatalogueDoc | undefined {
  const event = recorded as unknown as ProductEvent;
  const nothing = { status: null, endDate: null, description: null };
  switch (event.type) {
    case 'ProductRegistered': {
      const { definition, status } = event.data;
      return { ...nothing, kind: 'product', name: definition.name, definition, status };
    }
    case 'ProductChanged':
      return doc && { ...doc, name: event.data.definition.name, definition: event.data.definition };
    case 'ProductStatusChanged':
      return doc && { ...doc, status: event.data.status, endDate: event.data.endDate };
    case 'ReconcileOutOfSyncChanged':
      return doc && { ...doc, reconcileOutOfSync: event.data.allowed };
    case 'DescriptionChanged': {
      const { kind, name, description } = event.data;
      return { ...(doc ?? { ...nothing, kind, name }), description };
    }
    default:
      throw new Error(`the catalogue does not know ${(event as RecordedEvent).type}`);
  }
}
