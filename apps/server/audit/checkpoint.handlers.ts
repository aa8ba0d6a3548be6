import { Command, CommandHandler, Query, QueryHandler, type ICommandHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  checkpointText,
  noStream,
  parseCheckpoint,
  Signer,
  verifyLogAgainst,
  verifyScope,
  type Checkpoint,
  type Evidence,
  type Finding,
  type Scope,
} from '#audit';
import { Refusal } from '#kernel';
import { Parts } from '../composition/parts.js';
import type { VerifyDto } from './audit.query.dto.js';
import { cursorOf, progressOf, scopeCursorOf, scopeProgressOf } from './verify.cursor.js';

type Shown = Checkpoint & { readonly text: string };

export class ListCheckpoints extends Query<{ log: string; key: string; items: readonly Shown[] }> {
  constructor(readonly limit = 100) {
    super();
  }
}
export class SignCheckpoint extends Command<Shown> {}

interface Verified {
  readonly ok: boolean;
  readonly streams: number;
  readonly events: number;
  readonly position: number;
  readonly head: number;
  readonly next: string | null;
  readonly checkpoints?: number;
  readonly firstBad?: Finding;
}

export class VerifyLog extends Query<Verified> {
  constructor(readonly scope: VerifyDto) {
    super();
  }
}

const shown = (checkpoint: Checkpoint): Shown => ({ ...checkpoint, text: checkpointText(checkpoint) });

@QueryHandler(ListCheckpoints)
export class ListCheckpointsHandler implements IQueryHandler<ListCheckpoints> {
  constructor(private readonly parts: Parts) {}

  async execute({ limit }: ListCheckpoints) {
    const { store, checkpoints, config } = this.parts;
    const items = checkpoints.checkpoints(limit).map(shown);
    return { log: store.logId, key: new Signer(config.auditKey).key, items };
  }
}

@CommandHandler(SignCheckpoint)
export class SignCheckpointHandler implements ICommandHandler<SignCheckpoint> {
  constructor(private readonly parts: Parts) {}

  async execute() {
    const { attestor, clock } = this.parts;
    return shown(await attestor.attest(clock.now()));
  }
}

@QueryHandler(VerifyLog)
export class VerifyLogHandler implements IQueryHandler<VerifyLog> {
  constructor(private readonly parts: Parts) {}

  async execute({ scope: { stream, category, limit, cursor, checkpoint } }: VerifyLog) {
    const { store } = this.parts;
    if (stream !== undefined && category !== undefined) throw notBeside('category', 'stream');
    if (stream !== undefined) return this.part({ stream }, { limit, cursor, checkpoint });
    if (category !== undefined) return this.part({ category }, { limit, cursor, checkpoint });
    const from = cursor === undefined ? undefined : progressOf(cursor, store.logId);
    const given = { ...(from && { from }), ...(limit !== undefined && { limit }) };
    const { progress, end, ...verdict } = await verifyLogAgainst(store, this.evidence(checkpoint), given);
    const next = end || !verdict.ok ? null : cursorOf(progress, store.logId);
    return { ...verdict, position: progress.position, head: await store.head(), next };
  }

  /** Of one stream or category: a checkpoint attests all of the log, so that only chains can be checked. Refusal `not_found` 404 for a stream that is not there. */
  private async part(scope: Scope, { limit, cursor, checkpoint }: Pick<VerifyDto, 'limit' | 'cursor' | 'checkpoint'>) {
    const { store } = this.parts;
    if (checkpoint !== undefined) throw notBeside('checkpoint', Object.keys(scope)[0]!);
    const from = cursor === undefined ? undefined : scopeProgressOf(cursor, scope, store.logId);
    const given = { ...(from && { from }), ...(limit !== undefined && { limit }) };
    const { progress, end, ...verdict } = await verifyScope(store, scope, given);
    if ('stream' in scope && verdict.ok && verdict.events === 0) throw noStream(scope.stream);
    const next = end || !verdict.ok ? null : scopeCursorOf(progress, scope, store.logId);
    return { ...verdict, head: await store.head(), next };
  }

  private evidence(kept: string | undefined): Evidence {
    const { checkpoints: file, config } = this.parts;
    const checkpoints = [...file.checkpoints(), ...(kept === undefined ? [] : [parseCheckpoint(kept)])];
    const keys = new Set([new Signer(config.auditKey).key, ...config.auditTrustedKeys]);
    return { checkpoints, marks: file.marks(), keys };
  }
}

/** Refusal `bad_filter` 400. */
const notBeside = (name: string, other: string): Refusal =>
  new Refusal('bad_filter', 400, `${name} cannot stand beside ${other}`, {}, [
    { pointer: `/${name}`, message: `cannot stand beside ${other}` },
  ]);

export const checkpointHandlers = [ListCheckpointsHandler, SignCheckpointHandler, VerifyLogHandler];
