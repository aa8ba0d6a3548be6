import { Type } from 'typebox';
import { count, flag, text } from '../http/answer-schema.js';

export const EngineStatusSchema = Type.Object({
  global_lock: flag,
  global_status: Type.Enum(['RUNNING', 'PAUSING', 'PAUSED']),
  running_processes: count,
});

export const WorkerStatusSchema = Type.Object({
  executor_type: Type.Enum(['embedded', 'distributed']),
  number_of_workers_online: count,
  number_of_queued_jobs: count,
  number_of_running_jobs: count,
});

export const CacheNamesSchema = Type.Record(text, text);
export const DeletedSchema = count;
export const NothingSchema = Type.Null();

export const OverviewSchema = Type.Array(
  Type.Object({ name: text, variables: Type.Array(Type.Object({ env_name: text, env_value: Type.Unknown() })) }),
);
