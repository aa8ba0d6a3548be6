import { Type } from 'typebox';
import { text } from '../http/answer-schema.js';

const status = Type.Enum(['ok', 'degraded', 'failed']);

export const HealthSchema = Type.Object({
  status,
  checks: Type.Record(text, Type.Object({ status, detail: Type.Optional(text) })),
});
