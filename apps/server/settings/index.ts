import { Caches } from './caches.js';
import { EngineController } from './engine.controller.js';
import { LockEngineHandler } from './engine.command.js';
import { GetEngineStatusHandler } from './engine.status.js';
import { SettingsController } from './settings.controller.js';
import { GetWorkerStatusHandler } from './worker.status.js';

export const settingsControllers = [EngineController, SettingsController];
export const settingsHandlers = [Caches, LockEngineHandler, GetEngineStatusHandler, GetWorkerStatusHandler];
