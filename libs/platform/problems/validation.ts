import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type Fault, Refusal } from '#kernel';
import { jsonPointer } from './pointer.js';

/** The faults in a tree of class-validator's errors, each by JSON pointer. */
export function faultsOf(errors: readonly ValidationError[], path: readonly string[] = []): Fault[] {
  return errors.flatMap((error) => {
    const here = [...path, error.property];
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      pointer: jsonPointer(here),
      message: rule === 'whitelistValidation' ? `${error.property} is not a known field` : message,
    }));
    return [...own, ...faultsOf(error.children ?? [], here)];
  });
}

/** 400 `validation_failed` that names each field. */
export const validationRefusal = (errors: readonly Fault[]): Refusal =>
  new Refusal(
    'validation_failed',
    400,
    errors.length === 1 ? '1 field is not valid' : `${errors.length} fields are not valid`,
    {},
    errors,
  );

/** The one pipe of all routes: unknown fields are refused, values become the types that the DTO class declares. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => validationRefusal(faultsOf(errors)),
  });
