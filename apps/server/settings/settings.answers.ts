import { Type } from 'typebox';
import { count, flag } from '../http/answer-schema.js';

export const EngineStatusSchema = Type.Object({
  global_lock: flag,
  global_status: Type.Enum(['RUNNING', 'PAUSING', 'PAUSED']),
  running_processes: count,
});
