import { EventRegistry } from '#event-store';
import { portfolioEvents } from '#portfolio/published';
import { subscriptionEvents } from '#subscription/published';
import { processEvents } from '#workflow/published';

/** Every event that this version knows. */
export const eventRegistry = (): EventRegistry =>
  new EventRegistry().register([...portfolioEvents, ...processEvents, ...subscriptionEvents]);
