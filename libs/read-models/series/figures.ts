/** What is measured of events. `count`: how often; `time`: how long, in ms, as a count, a sum and a sketch. */
interface Figure {
  readonly kind: 'count' | 'time';
  readonly labels: readonly string[];
  readonly help: string;
}

/**
 * Every figure of the time series. `category` is portfolio, process or operation; `kind` the CSP, the workflow, or the resource type
 * (`*` for an operation with several); `step` the stage, the step's path with `*` for indexes, or what is asked of a provisioner.
 */
export const FIGURES = {
  begun: { kind: 'count', labels: ['category', 'kind'], help: 'Instances that began' },
  run_time: {
    kind: 'time',
    labels: ['category', 'kind', 'outcome'],
    help: 'Time from the beginning of an instance, or of its way back, to its end',
  },
  step_time: {
    kind: 'time',
    labels: ['category', 'kind', 'step'],
    help: 'Time from the beginning of a step to its success, with all attempts and waits',
  },
  answer_time: {
    kind: 'time',
    labels: ['category', 'kind', 'step'],
    help: 'Time from when the other side took a request to its answer, good or bad',
  },
  attempts: {
    kind: 'count',
    labels: ['category', 'kind', 'step', 'outcome'],
    help: 'Attempts of steps that came to an outcome: done, retried or failed',
  },
  failures: {
    kind: 'count',
    labels: ['category', 'kind', 'step', 'code'],
    help: 'Steps that failed for good, by the code of the failure',
  },
  subscriptions: { kind: 'count', labels: ['change'], help: 'Subscriptions that were created, activated and so on' },
} as const satisfies Readonly<Record<string, Figure>>;
export type FigureName = keyof typeof FIGURES;

/** Takes one value; `labels` in the order of the figure's, `ms` of a time. */
export type Measure = (figure: FigureName, labels: readonly string[], ms?: number) => void;

const LONGEST_LABEL = 100;
const CODE = /^[a-z0-9_.:-]{1,64}$/i;

/** A label of a text that others chose. */
export const label = (text: string): string => text.slice(0, LONGEST_LABEL);
/** Codes come from outside too: what is no code is not kept, so that there are not as many figures as failures. */
export const codeLabel = (code: string): string => (CODE.test(code) ? code : 'other');
