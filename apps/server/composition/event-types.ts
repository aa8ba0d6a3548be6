import { EventRegistry, type EventSpec } from '#event-store';
import { cspEvents } from '#csp/published';
import { productEvents } from '#catalogue/published';
import { portfolioEvents } from '#portfolio/published';
import { subjectEvents } from '#privacy/published';
import { operationEvents } from '#provisioning/published';
import { scheduleEvents } from '#schedule/published';
import { settingsEvents } from '#settings/published';
import { subscriptionEvents } from '#subscription/published';
import { processEvents } from '#workflow/published';

/** Every event type this server knows; one line per context. */
const eventTypes: readonly EventSpec<string, never>[] = [
  ...portfolioEvents,
  ...cspEvents,
  ...processEvents,
  ...subscriptionEvents,
  ...productEvents,
  ...operationEvents,
  ...settingsEvents,
  ...subjectEvents,
  ...scheduleEvents,
];

export const eventRegistry = (): EventRegistry => new EventRegistry().register(eventTypes);
