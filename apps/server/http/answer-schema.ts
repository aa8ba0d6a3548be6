import { ApiResponse } from '@nestjs/swagger';
import { Type, type TSchema } from 'typebox';

/** Documents the body of a query's answer, which e2e tests hold every answer against. Fields may be added to it, never taken away. */
export const ApiAnswer = (schema: TSchema, description: string, status = 200) =>
  ApiResponse({ status, description, content: { 'application/json': { schema } } });

export const text = Type.String();
export const count = Type.Integer({ minimum: 0 });
export const flag = Type.Boolean();
export const uuid = Type.String({ format: 'uuid' });
export const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
export const milliseconds = Type.Number({ description: 'ms since the epoch' });
export const seconds = Type.Number({ description: 'Seconds since the epoch, with fractions' });
export const anyObject = Type.Object({}, { additionalProperties: true });
export const counts = Type.Record(text, count);

/** A page of a list: `next` goes on, `total` is told with a range or with `count`. */
export const pageSchema = <S extends TSchema>(item: S) =>
  Type.Object({ items: Type.Array(item), next: orNull(text), total: orNull(count) });
