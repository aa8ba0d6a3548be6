import { Readable } from 'node:stream';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { exportLines, formats, Signer, type ExportFormat, type ExportScope } from '#audit';
import type { PersonalView, StoredEvent } from '#event-store';
import { Refusal } from '#kernel';
import { auditEvent, begunBy } from '#read-models';
import { Parts } from '../composition/parts.js';
import type { ExportDto } from './audit.query.dto.js';
import { factOf } from './request-facts.js';

/** Its name is that of the file to be. */
export interface Exported {
  readonly name: string;
  readonly contentType: string;
  readonly body: Readable;
}

export class ExportEvents extends Query<Exported> {
  constructor(
    readonly query: ExportDto,
    readonly view: PersonalView,
  ) {
    super();
  }
}

/** Refused is it before anything is sent; a fault later breaks it off, and without its last line it is no export. */
@QueryHandler(ExportEvents)
export class ExportEventsHandler implements IQueryHandler<ExportEvents> {
  constructor(private readonly parts: Parts) {}

  async execute({ query, view }: ExportEvents): Promise<Exported> {
    const scope = scopeOf(query);
    const format = formats[query.format ?? 'ndjson'];
    const lines = this.lines(scope, format, view);
    const first = await lines.next();
    return {
      name: `${nameOf(scope)}.${format.name}`,
      contentType: format.contentType,
      body: Readable.from(goingOn(first, lines), { objectMode: false }),
    };
  }

  private lines(scope: ExportScope, format: ExportFormat, view: PersonalView) {
    const { store, log, readModels, checkpoints, config, clock } = this.parts;
    const decode = log.decodeFor.bind(log, view);
    const decoded = (stored: StoredEvent) => {
      const event = auditEvent(decode, stored);
      return event.unknown ? null : event.data;
    };
    const ports = {
      store,
      factOf,
      begunBy: (causes: readonly string[], limit: number) => begunBy(readModels, causes, limit),
      checkpoints: checkpoints.checkpoints(),
      signer: new Signer(config.auditKey),
      decoded,
    };
    return exportLines(scope, format, ports, clock.now());
  }
}

async function* goingOn(first: IteratorResult<string, void>, rest: AsyncGenerator<string, void, void>) {
  if (!first.done) yield first.value;
  yield* rest;
}

/** Refusal `bad_filter` 400 for more than one of a stream, a flow and a period. */
function scopeOf({ stream, correlation, from, to }: ExportDto): ExportScope {
  const given = { stream, correlation, from: from ?? to };
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length > 1)
    throw new Refusal('bad_filter', 400, `${names.join(' and ')} do not go together`, {}, [
      { pointer: `/${names[1]}`, message: `cannot stand beside ${names[0]}` },
    ]);
  if (stream !== undefined) return { stream };
  if (correlation !== undefined) return { correlationId: correlation };
  return {
    period: { ...(from !== undefined && { from: Date.parse(from) }), ...(to !== undefined && { to: Date.parse(to) }) },
  };
}

const nameOf = (scope: ExportScope): string =>
  ('stream' in scope ? scope.stream : 'correlationId' in scope ? scope.correlationId : 'period').replaceAll(
    /[^\w.-]/g,
    '_',
  );
