import { EngineController } from './engine.controller.js';
import { LockEngineHandler } from './engine.command.js';
import { GetEngineStatusHandler } from './engine.status.js';

export const settingsControllers = [EngineController];
export const settingsHandlers = [LockEngineHandler, GetEngineStatusHandler];
