import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { checkHealth, Degraded } from '#platform';
import { Parts } from '../composition/parts.js';
import { ApiProblems } from '../http/api-doc.js';
import { measure } from './measure.js';
import { ReadModelMeters } from './read-model-meters.js';
import { Needs, Open } from '../http/needs.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { HealthSchema } from './health.answers.js';
import { workers } from './workers.js';

@ApiTags('operations')
@Controller()
export class HealthController {
  private readonly readModels: ReadModelMeters;

  constructor(private readonly parts: Parts) {
    this.readModels = new ReadModelMeters(parts);
  }

  @Get('healthz')
  @Open()
  @ApiProblems(400)
  @ApiAnswer(HealthSchema, 'The process lives')
  live() {
    return checkHealth({});
  }

  @Get('readyz')
  @Open()
  @ApiProblems(400)
  @ApiAnswer(HealthSchema, 'Log and views answer')
  @ApiAnswer(HealthSchema, 'A part does not answer', 503)
  async ready(@Res({ passthrough: true }) reply: { code(status: number): unknown }) {
    const { parts } = this;
    const health = await checkHealth({
      log: () => log(parts),
      views: () => views(parts),
      work: () => workers(parts.work),
      access: () => parts.access.state(),
    });
    if (health.status === 'failed') reply.code(503);
    return health;
  }

  @Get('metrics')
  @Needs('read')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProblems(400)
  @ApiOkResponse({ description: 'Prometheus text format', content: { 'text/plain': { schema: { type: 'string' } } } })
  async metrics() {
    await measure(this.parts);
    await this.readModels.refresh();
    return this.parts.metrics.registry.metrics();
  }
}

/** Where views are read from elsewhere, they go on while the log is away: the process is degraded, and keeps its traffic. */
async function log({ store, trouble, config }: Parts): Promise<string> {
  const why = trouble();
  if (why !== undefined) throw new Degraded(why);
  return config.eventStore === 'embedded' ? `at ${await store.head()}` : 'answers';
}

/** Without the main views nothing can be operated; another group that stands makes only its own queries old. */
function views({ views: { main, groups } }: Parts): string {
  const failure = main.projector.failure();
  if (failure !== undefined) throw new Error(failure);
  for (const [group, { projector }] of groups) {
    const why = projector.failure();
    if (why !== undefined) throw new Degraded(`${group}: ${why}`);
  }
  return `at ${main.projector.position()}`;
}
