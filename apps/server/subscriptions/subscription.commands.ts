import { Command } from '@nestjs/cqrs';
import type { Caller } from '../http/caller.js';
import type { Accepted } from '../http/command-sender.js';
import type { MetadataDto, NoteDto } from './subscription.dto.js';

export class SetInSync extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class SetNote extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly body: NoteDto,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class SetMetadata extends Command<Accepted> {
  constructor(
    readonly id: string,
    readonly body: MetadataDto,
    readonly caller: Caller,
  ) {
    super();
  }
}
