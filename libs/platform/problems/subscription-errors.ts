import { entry, type ErrorEntry } from './entry.js';

const WAIT = 'Wait until that process has ended, or finish or abort it.';

export const subscriptions: readonly ErrorEntry[] = [
  entry(
    'subscription_claimed',
    409,
    'Another process holds the subscription',
    'A subscription is changed by one process at a time; `claimed_by` names the one that holds it and its workflow.',
    WAIT,
  ),
  entry(
    'subscription_not_claimed',
    409,
    'The process does not hold the subscription',
    'A process changes only what it, or the process it works for, has claimed; `claimed_by` names the one that holds it, if any.',
    'Abort the process and start it anew on this subscription.',
  ),
  entry(
    'subscription_not_in_sync',
    409,
    'The subscription is out of sync',
    'A process is at work on it, or one left it unfinished.',
    'Finish or abort its open processes, then set it in sync.',
  ),
  entry(
    'subscription_relations_not_in_sync',
    409,
    'Related subscriptions are out of sync',
    'A subscription that uses it or that it uses is out of sync; `locked_relations` names them.',
    'Bring the named subscriptions in sync first.',
  ),
  entry(
    'subscription_status_unfit',
    409,
    'The workflow does not start in this status',
    'The status of the subscription (`subscription_status`) is none of `usable_when`.',
    'Bring it into one of these statuses, or use another workflow.',
  ),
  entry(
    'subscription_in_use',
    409,
    'Other subscriptions use it',
    'Subscriptions that are not terminated use it; `unterminated_in_use_by_subscriptions` names them.',
    'Terminate or change the named subscriptions first.',
  ),
  entry(
    'subscription_ending',
    409,
    'The subscription is at its end',
    'It is terminated or being terminated, so that nothing can begin to use it.',
    'Use another subscription.',
  ),
  entry(
    'unsafe_status_change',
    409,
    'The status would not be safe for its users',
    'Subscriptions that use it are in a status in which it may not have the new one; `users` names them, `safe` what they may be.',
    'Change or terminate the named subscriptions first.',
  ),
  entry(
    'processes_unfinished',
    422,
    'Processes are unfinished',
    'Processes of the subscription that are no tasks are neither completed nor aborted; `process_ids` names them.',
    'Finish or abort them first.',
  ),
  entry(
    'customer_description_not_found',
    404,
    'No such customer description',
    'The subscription has no customer description with this id.',
    'Check the id.',
  ),
  entry(
    'customer_description_exists',
    409,
    'The customer has one already',
    'A customer has one description of a subscription; `customer_description_id` names it.',
    'Change that one instead.',
  ),
  entry(
    'product_in_use',
    400,
    'The product has subscriptions',
    'A product with subscriptions that are not terminated cannot reach its end of life; `subscriptions` counts them.',
    'Terminate them first, or choose the status phase out.',
  ),
  entry(
    'stale_version',
    400,
    'Somebody changed it meanwhile',
    'The version that the change was made on is not the present one, which `version` tells.',
    'Read it again, then change it.',
  ),
  entry(
    'insufficient_workflow_permissions',
    403,
    'You may not start this workflow',
    'The authorisation rule of the workflow refused.',
    'Ask somebody who may start it.',
  ),
];
