import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { checkHealth } from '#platform';
import type { Projector } from '#read-models';
import { Parts } from '../composition/parts.js';
import { ApiProblems } from '../http/api-doc.js';
import { measure } from './measure.js';
import { Needs, Open } from '../http/needs.js';
import { ApiAnswer } from '../http/answer-schema.js';
import { HealthSchema } from './health.answers.js';

@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(private readonly parts: Parts) {}

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
    const { store, projector, access } = this.parts;
    const log = async () => `at ${await store.head()}`;
    const health = await checkHealth({ log, views: () => viewsOf(projector), access: () => access.state() });
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
    return this.parts.metrics.registry.metrics();
  }
}

function viewsOf(projector: Projector): string {
  const failure = projector.failure();
  if (failure !== undefined) throw new Error(failure);
  return `at ${projector.position()}`;
}
