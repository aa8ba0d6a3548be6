/** A change of one field; what was or is not there is null. */
export interface FieldChange {
  /** `status`, `note` ..., or the path of a value: `user_group.group_name`, `l2vpn.ports.0.vlan`. */
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}
type Fields = Readonly<Record<string, unknown>>;

const FIELDS = ['status', 'description', 'insync', 'note', 'metadata', 'startDate', 'endDate', 'values'] as const;
/** Names on the wire, where times are seconds since the epoch. */
const TIMES: Readonly<Record<string, string>> = { startDate: 'start_date', endDate: 'end_date' };

/** What people call a change between two states of a subscription; undefined is one that is not there. Times in ms become seconds. */
export const fieldChanges = (before: object | undefined, after: object): readonly FieldChange[] =>
  FIELDS.flatMap((field) => {
    const name = field === 'values' ? '' : (TIMES[field] ?? field);
    return differences(name, shown(field, before), shown(field, after));
  });

function shown(field: string, state: object | undefined): unknown {
  const value = (state as Fields | undefined)?.[field];
  return field in TIMES && typeof value === 'number' ? value / 1000 : value;
}

/** Leaf by leaf; a whole that appears or disappears is told by its leaves too. */
function differences(field: string, from: unknown, to: unknown): readonly FieldChange[] {
  if (!isWhole(from) && !isWhole(to)) {
    const [a, b] = [from ?? null, to ?? null];
    return a === b ? [] : [{ field, from: a, to: b }];
  }
  if ((from != null && !isWhole(from)) || (to != null && !isWhole(to))) return [{ field, from, to }];
  const [a, b] = [(from ?? {}) as Fields, (to ?? {}) as Fields];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => differences(field === '' ? key : `${field}.${key}`, a[key], b[key]));
}

const isWhole = (value: unknown): boolean => typeof value === 'object' && value !== null;
