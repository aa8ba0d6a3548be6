import { Type, type Static } from 'typebox';
import type { StartRule } from '#portfolio';
import type { clin, taskOrder } from './facts-v2.js';

type Clin = Static<typeof clin>;
type TaskOrder = Static<typeof taskOrder>;
interface Line extends Clin {
  readonly order: string;
}

const DAY_MS = 86_400_000;
const begins = ({ start_date }: Clin): number => Date.parse(start_date);
/** The first moment after the last day. */
const ends = ({ end_date }: Clin): number => Date.parse(end_date) + DAY_MS;

const text = Type.String();
const postponed = (code: string, message: string, until?: number) =>
  ({ eligible: false, reason: { code, message }, ...(until !== undefined && { until }) }) as const;

const signedLines = (orders: readonly TaskOrder[]): readonly Line[] =>
  orders
    .filter(({ signed }) => signed)
    .flatMap(({ number, clins }) => clins.map((line) => ({ ...line, order: number })));

/** A portfolio may start when a CLIN of a signed task order is in its period of performance; of several the earliest pays. */
export const funding: StartRule = {
  establishes: Type.Object({
    task_order_number: text,
    clin_number: text,
    clin_type: text,
    clin_amount: Type.Number(),
    clin_start_date: text,
    clin_end_date: text,
  }),
  check: (facts, time) => {
    const lines = signedLines((facts['task_orders'] ?? []) as readonly TaskOrder[]);
    if (lines.length === 0) return postponed('no_signed_task_order', 'no signed task order has a CLIN');
    const open = lines.filter((line) => ends(line) > time).sort((a, b) => begins(a) - begins(b));
    const [first] = open;
    if (first === undefined) return postponed('period_over', 'the period of performance of every CLIN is over');
    if (begins(first) > time)
      return postponed('period_not_begun', `CLIN ${first.number} begins on ${first.start_date}`, begins(first));
    return { eligible: true, values: valuesOf(first) };
  },
};

const valuesOf = ({ order, number, type, obligated_amount, start_date, end_date }: Line) => ({
  task_order_number: order,
  clin_number: number,
  clin_type: type,
  clin_amount: obligated_amount,
  clin_start_date: start_date,
  clin_end_date: end_date,
});
