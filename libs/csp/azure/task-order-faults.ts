import type { Static } from 'typebox';
import type { Fault } from '#kernel';
import type { Facts } from '#portfolio';
import type { clin, taskOrder } from './facts-v2.js';

type Clin = Static<typeof clin>;
type TaskOrder = Static<typeof taskOrder>;

/** A day of the calendar: JavaScript takes 30 February for 2 March. */
const isDay = (date: string): boolean => {
  const at = Date.parse(date);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
};

/**
 * What is wrong between the fields of task orders: days that no calendar has, periods that end before they begin, and two of one number,
 * which would be reported under one name.
 */
export function taskOrderFaults({ task_orders = [] }: Facts): readonly Fault[] {
  const orders = task_orders as readonly TaskOrder[];
  return [
    ...twice(orders, '/facts/task_orders', 'task orders'),
    ...orders.flatMap(({ clins }, index) => {
      const below = `/facts/task_orders/${index}/clins`;
      return [...twice(clins, below, 'CLINs'), ...clins.flatMap((line, place) => ofClin(line, `${below}/${place}`))];
    }),
  ];
}

function ofClin({ start_date, end_date }: Clin, pointer: string): readonly Fault[] {
  const days = Object.entries({ start_date, end_date });
  const strange = days.filter(([, date]) => !isDay(date));
  if (strange.length > 0)
    return strange.map(([field]) => ({ pointer: `${pointer}/${field}`, message: 'is no day of the calendar' }));
  return start_date > end_date ? [{ pointer: `${pointer}/end_date`, message: 'is before the start date' }] : [];
}

function twice(items: readonly { readonly number: string }[], below: string, what: string): readonly Fault[] {
  const first = new Map<string, number>();
  return items.flatMap(({ number }, index) => {
    if (!first.has(number)) first.set(number, index);
    const before = first.get(number)!;
    return before === index
      ? []
      : [
          {
            pointer: `${below}/${index}/number`,
            message: `is the number of the ${what.slice(0, -1)} at ${before} too`,
          },
        ];
  });
}
