import { Type, type Static } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent } from '#kernel';

export const SETTINGS = 'settings';
/** Holds whether the engine is paused; every process follows it. */
export const ENGINE_STREAM = `${SETTINGS}-engine`;

const time = Type.Number({ description: 'ms since the epoch' });
export const EnginePausedSchema = Type.Object({ time });
export const EngineContinuedSchema = Type.Object({ time });

export type EngineEvent =
  | DomainEvent<'EnginePaused', Static<typeof EnginePausedSchema>>
  | DomainEvent<'EngineContinued', Static<typeof EngineContinuedSchema>>;

export const settingsEvents: readonly EventSpec<string, never>[] = [
  { category: SETTINGS, type: 'EnginePaused', schema: EnginePausedSchema },
  { category: SETTINGS, type: 'EngineContinued', schema: EngineContinuedSchema },
];
