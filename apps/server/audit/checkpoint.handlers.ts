import { Command, CommandHandler, Query, QueryHandler, type ICommandHandler, type IQueryHandler } from '@nestjs/cqrs';
import { checkpointText, parseCheckpoint, Signer, verifyLogAgainst, type Checkpoint, type Evidence } from '#audit';
import { Refusal } from '#kernel';
import { verifyStreams, type Verified } from '#read-models';
import { Parts } from '../composition/parts.js';
import type { VerifyDto } from './audit.query.dto.js';
import { cursorOf, progressOf } from './verify.cursor.js';

type Shown = Checkpoint & { readonly text: string };

export class ListCheckpoints extends Query<{ log: string; key: string; items: readonly Shown[] }> {
  constructor(readonly limit = 100) {
    super();
  }
}
export class SignCheckpoint extends Command<Shown> {}

export class VerifyLog extends Query<Verified & { readonly next?: string | null }> {
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
    if (stream !== undefined || category !== undefined) {
      refuseBeside({ limit, cursor, checkpoint });
      return verifyStreams(store, {
        ...(stream !== undefined && { stream }),
        ...(category !== undefined && { category }),
      });
    }
    const from = cursor === undefined ? undefined : progressOf(cursor, store.logId);
    const given = { ...(from && { from }), ...(limit !== undefined && { limit }) };
    const { progress, end, ...verdict } = await verifyLogAgainst(store, this.evidence(checkpoint), given);
    const next = end || !verdict.ok ? null : cursorOf(progress, store.logId);
    return { ...verdict, position: progress.position, head: await store.head(), next };
  }

  private evidence(kept: string | undefined): Evidence {
    const { checkpoints: file, config } = this.parts;
    const checkpoints = [...file.checkpoints(), ...(kept === undefined ? [] : [parseCheckpoint(kept)])];
    const keys = new Set([new Signer(config.auditKey).key, ...config.auditTrustedKeys]);
    return { checkpoints, marks: file.marks(), keys };
  }
}

/** Checkpoints and cursors are about the whole log. Refusal `bad_filter` 400. */
function refuseBeside(given: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  if (names.length === 0) return;
  const errors = names.map((name) => ({ pointer: `/${name}`, message: 'is for the whole log' }));
  throw new Refusal('bad_filter', 400, `${names.join(' and ')} cannot stand beside stream or category`, {}, errors);
}

export const checkpointHandlers = [ListCheckpointsHandler, SignCheckpointHandler, VerifyLogHandler];
