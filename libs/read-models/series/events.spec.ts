import { describe, expect, it } from '@jest/globals';
import { portfolioEvents } from '#portfolio/published';
import { operationEvents } from '#provisioning/published';
import { subscriptionEvents } from '#subscription/published';
import { processEvents } from '#workflow/published';
import { TURNS } from './lifecycle.js';
import { MOVES } from './request-moves.js';
import { SUBSCRIPTION_CHANGES } from './subscription-changes.js';

/** What begins an instance, and what gives its steps other names. */
const FIRST = ['PortfolioCreated', 'ProcessStarted', 'OperationCreated', 'PlanMigrated', 'ProcessMigrated'];
/** Events that no figure is about: what people note or set, and how far something is. */
const NEUTRAL = [
  'FactsAmended',
  'PortfolioStarted',
  'PortfolioStartPostponed',
  'PortfolioPaused',
  'PortfolioContinued',
  'TransitionTriggered',
  'StageCompletedLate',
  'StepProgressed',
  'ValueSet',
  'ProcessHidden',
  'ProcessNoteChanged',
  'AnswerReceived',
  'LateAnswerAccepted',
  // Of an operation: all that is open has been sent, which its requests tell.
  'ProvisioningRequested',
  'DeprovisioningRequested',
  'SubscriptionValuesChanged',
  'SubscriptionDescriptionChanged',
  'SubscriptionNoteChanged',
  'SubscriptionMetadataChanged',
  'CustomerDescriptionSet',
  'CustomerDescriptionRemoved',
  'SubscriptionClaimed',
  'SubscriptionReleased',
  'UseReserved',
  'UseReleased',
  'ProcessRelated',
];

describe('every event of a category that is measured', () => {
  const specs = [...portfolioEvents, ...processEvents, ...operationEvents, ...subscriptionEvents];

  it.each(specs.map(({ category, type }) => [category, type]))(
    '%s %s brings something about, or is said not to',
    (category, type) => {
      const tables = [
        MOVES[category]?.has(type),
        Object.hasOwn(TURNS[category] ?? {}, type),
        SUBSCRIPTION_CHANGES.has(type),
      ];
      const counted = [...tables, FIRST.includes(type)].filter((found) => found === true).length;
      expect([type, counted || NEUTRAL.includes(type)]).toEqual([type, counted > 0 ? 1 : true]);
    },
  );

  it('is registered: no table knows an event that is not', () => {
    const known = (category: string) => specs.filter((spec) => spec.category === category).map(({ type }) => type);
    for (const [category, moves] of Object.entries(MOVES))
      expect(known(category)).toEqual(expect.arrayContaining([...moves.keys()]));
    for (const [category, turns] of Object.entries(TURNS))
      expect(known(category)).toEqual(expect.arrayContaining(Object.keys(turns)));
    expect(known('subscription')).toEqual(expect.arrayContaining([...SUBSCRIPTION_CHANGES.keys()]));
  });
});
