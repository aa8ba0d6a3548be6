import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Refusal } from '#kernel';
import { mayAct } from '#platform';
import type { HttpRequest } from './caller.js';
import { ROUTE_ACCESS, type RouteAccess } from './needs.js';

/** Lets a request through when its token has the role that the route needs. Refusals `unauthorized` 401 and `forbidden` 403. */
@Injectable()
export class RoleGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const needed = (Reflect.getMetadata(ROUTE_ACCESS, context.getHandler()) as RouteAccess | undefined) ?? 'admin';
    if (needed === 'open') return true;
    const { identity } = context.switchToHttp().getRequest<HttpRequest>();
    if (identity === undefined)
      throw new Refusal('unauthorized', 401, 'send a valid token as Authorization: Bearer TOKEN');
    if (mayAct(identity.roles, needed)) return true;
    throw new Refusal('forbidden', 403, `this needs the role ${needed}`, { needs: needed, roles: identity.roles });
  }
}
