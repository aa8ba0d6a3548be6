import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { PersonalView } from '#event-store';
import { mayAct } from '#platform';
import type { HttpRequest } from '../http/caller.js';

/** Who works with instances sees whose they are; who only reads sees that there is a value. */
export const FromPersonalView = createParamDecorator((_: unknown, context: ExecutionContext): PersonalView => {
  const { identity } = context.switchToHttp().getRequest<HttpRequest>();
  return mayAct(identity?.roles ?? [], 'operate') ? 'open' : 'concealed';
});
