import { SetMetadata, type ExecutionContext } from '@nestjs/common';
import { MAIN } from '#read-models';

const READS = 'purveyor:reads';

/** On a controller or a route: the groups of views that its queries read, where they are not the main ones. */
export const Reads = (...groups: readonly string[]) => SetMetadata(READS, groups);

/** The groups whose position a query tells and waits for. */
export const groupsOf = (context: ExecutionContext): readonly string[] =>
  [context.getHandler(), context.getClass()]
    .map((target) => Reflect.getMetadata(READS, target) as readonly string[] | undefined)
    .find((groups) => groups !== undefined) ?? [MAIN];
