/**
 * Names of the facts by which a plan may name another portfolio as the parent. Views find children by them, so a plan whose stage waits
 * for a parent under another name is refused when it is registered.
 */
export const PARENT_FACTS = ['portfolio_id', 'application_id', 'environment_id', 'member_id'] as const;
