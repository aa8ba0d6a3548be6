import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { applyDecorators, RequestMethod, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { AccessRole } from '#platform';
import { ApiProblems } from './api-doc.js';

/** Metadata of a route: the role it needs, or that it is open. A route without it needs `admin`. */
export const ROUTE_ACCESS = 'purveyor:access';
export type RouteAccess = AccessRole | 'open';
/** Name of the security scheme in the OpenAPI document. Each route lists there the role it needs (OpenAPI 3.1, 4.8.30). */
export const BEARER_SCHEME = 'bearer';

/** On a controller: its GET routes need the first role, all others the second. On a route: that route needs it. */
export const Needs = (query: AccessRole, command: AccessRole = query) =>
  onRoutes((method) => {
    const role = method === RequestMethod.GET ? query : command;
    return [SetMetadata(ROUTE_ACCESS, role), ApiSecurity(BEARER_SCHEME, [role]), ApiProblems(401, 403)];
  });

/** Everybody may use these routes, or they authenticate by something else than a token (the signature of a callback). */
export const Open = () => onRoutes(() => [SetMetadata(ROUTE_ACCESS, 'open')]);

type Decorate = (method: RequestMethod) => readonly MethodDecorator[];

/** Decorates one route, or every route of a class that has no decorator of this kind itself. */
function onRoutes(decorate: Decorate) {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (key !== undefined && descriptor !== undefined) return decorateRoute(target, key, descriptor, decorate);
    const { prototype } = target as { prototype: object };
    for (const [name, each] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
      if (isRoute(each) && !Reflect.hasMetadata(ROUTE_ACCESS, each.value as object))
        decorateRoute(prototype, name, each, decorate);
  };
}

const isRoute = ({ value }: PropertyDescriptor): boolean =>
  typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value);

function decorateRoute(target: object, key: string | symbol, descriptor: PropertyDescriptor, decorate: Decorate): void {
  const method = Reflect.getMetadata(METHOD_METADATA, descriptor.value as object) as RequestMethod;
  applyDecorators(...decorate(method))(target, key, descriptor);
}
