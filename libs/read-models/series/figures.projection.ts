import { categoryOf, type RecordedEvent } from '#event-store';
import { SUBSCRIPTION } from '#subscription/published';
import type { Change, TableShape, Value } from '../database/view-store.js';
import { keepRecent } from '../projector/keep-recent.js';
import type { Missing, Projection, ProjectionRun } from '../projector/projection.js';
import type { InstanceDoc } from './instance.doc.js';
import { foldInstance, placeOf } from './instance.fold.js';
import { MOVES, OPEN_STATES } from './request-moves.js';
import { SERIES, SeriesRows } from './series-rows.js';
import { SUBSCRIPTION_CHANGES } from './subscription-changes.js';

const INSTANCES: TableShape = {
  name: 'measured_instances',
  columns: ['stream', 'revision', 'position', 'doc'],
  key: ['stream'],
};
const OPEN_STEPS: TableShape = {
  name: 'open_steps',
  columns: [
    'stream',
    'step',
    'category',
    'kind',
    'place',
    'state',
    'waits_on',
    'begun',
    'since',
    'attempts',
    'due',
    'code',
    'assignee',
    'position',
  ],
  key: ['stream', 'step'],
};

interface Held {
  revision: number;
  position: number;
  doc: InstanceDoc | undefined;
  /** Steps that have a row. */
  rows: ReadonlySet<string>;
}

/** Instances kept in memory between batches; more than are usually in flight at once. */
const KEPT = 2_000;

/** Figures of events: what is open now, and series of what came to pass. */
class Figures implements ProjectionRun {
  private readonly series = new SeriesRows();
  private readonly kept = new Map<string, Held>();
  private readonly changed = new Map<string, Held>();

  missing(event: RecordedEvent): readonly Missing[] {
    const periods = this.series.missing(event.metadata.time);
    const known = !isInstance(event) || this.kept.has(event.stream);
    return known ? periods : [...periods, { table: INSTANCES, id: event.stream }];
  }

  hold(row: Readonly<Record<string, unknown>>, table: TableShape): void {
    if (table.name === SERIES.name) return this.series.hold(row);
    const doc = JSON.parse(String(row['doc'])) as InstanceDoc;
    const rows = new Set(Object.keys(doc.open));
    const held = { revision: Number(row['revision']), position: Number(row['position']), doc, rows };
    this.kept.set(String(row['stream']), held);
  }

  add(event: RecordedEvent): void {
    const { position, metadata } = event;
    const measure = (figure: Parameters<SeriesRows['add']>[0], labels: readonly string[], ms = 0) =>
      this.series.add(figure, labels, Math.max(0, ms), metadata.time, position);
    const change = SUBSCRIPTION_CHANGES.get(event.type);
    if (!isInstance(event)) return change === undefined ? undefined : measure('subscriptions', [change]);
    const held = this.kept.get(event.stream) ?? { revision: -1, position: 0, doc: undefined, rows: new Set() };
    if (event.revision <= held.revision) return;
    held.doc = foldInstance(held.doc, event, measure);
    held.revision = event.revision;
    held.position = position;
    this.kept.set(event.stream, held);
    this.changed.set(event.stream, held);
  }

  flush(): readonly Change[] {
    const instances = [...this.changed].map(([stream, { revision, position, doc }]) => [
      stream,
      revision,
      position,
      JSON.stringify(doc),
    ]);
    const steps = [...this.changed].map(([stream, held]) => openSteps(stream, held));
    this.settle();
    return [
      { table: INSTANCES, upserts: instances, removals: [] },
      {
        table: OPEN_STEPS,
        upserts: steps.flatMap(({ upserts }) => upserts),
        removals: steps.flatMap(({ removals }) => removals),
      },
      this.series.flush(),
    ];
  }

  drop(): void {
    this.kept.clear();
    this.changed.clear();
    this.series.drop();
  }

  /** What was written is remembered as written; the instances written longest ago are forgotten. */
  private settle(): void {
    for (const [stream, held] of this.changed) {
      held.rows = new Set(Object.keys(held.doc!.open));
      this.kept.delete(stream);
      this.kept.set(stream, held);
    }
    this.changed.clear();
    keepRecent(this.kept, KEPT);
  }
}

const isInstance = ({ stream }: RecordedEvent): boolean => Object.hasOwn(MOVES, categoryOf(stream));

/** A step that began and ended within one batch never has a row. */
function openSteps(stream: string, { doc, rows, position }: Held) {
  const category = categoryOf(stream);
  const { open } = doc!;
  const upserts = Object.entries(open).map(([step, of]): readonly Value[] => {
    const { state, begun, since, attempts, due, code, assignee } = of;
    const place = placeOf(category, doc!, step);
    return [
      stream,
      step,
      category,
      ...place,
      state,
      OPEN_STATES[state].on,
      begun,
      since,
      attempts,
      due,
      code,
      assignee,
      position,
    ];
  });
  const removals = [...rows]
    .filter((step) => !(step in open))
    .map((step): readonly Value[] => [stream, step, position]);
  return { upserts, removals };
}

export const figuresProjection: Projection = {
  name: 'figures',
  version: 3,
  tables: [INSTANCES, OPEN_STEPS, SERIES],
  categories: [...Object.keys(MOVES), SUBSCRIPTION],
  begin: () => new Figures(),
};
