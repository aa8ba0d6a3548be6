import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { currentContext, runInContext } from './context.js';
import { createLogger, type LogLevel } from './logger.js';
import { PinoNestLogger } from './nest-logger.js';
import { safePath } from './safe-path.js';

function capture(level: LogLevel = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ level, destination: { write: (line: string) => void lines.push(line) } });
  return { logger, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('createLogger', () => {
  it('puts the context of the flow on each line, also behind an await', async () => {
    const { logger, parsed } = capture();
    logger.info('outside');
    await runInContext({ correlationId: 'c-1', tenant: 't' }, async () => {
      await Promise.resolve();
      logger.child({ part: 'x' }).info('inside');
    });
    expect(parsed()).toMatchObject([
      { msg: 'outside', level: 'info' },
      { msg: 'inside', correlationId: 'c-1', tenant: 't', part: 'x' },
    ]);
    expect(parsed()[0]).not.toHaveProperty('correlationId');
    expect(currentContext()).toBeUndefined();
  });

  it('keeps two flows apart', async () => {
    const flow = (id: string) =>
      runInContext({ correlationId: id }, async () => (await Promise.resolve(), currentContext()?.correlationId));
    expect(await Promise.all([flow('a'), flow('b')])).toEqual(['a', 'b']);
  });

  it('redacts what looks secret, down to the fourth level', () => {
    const { logger, lines } = capture();
    const secrets = { password: 'hunter2', clientSecret: 'hunter2', Authorization: 'hunter2', 'set-cookie': 'hunter2' };
    logger.info({ ...secrets, a: { ...secrets, b: { ...secrets, c: secrets } } }, 'told');
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.join('').match(/\[redacted\]/g)).toHaveLength(16);
  });

  it('honours the level', () => {
    const { logger, lines } = capture('warn');
    logger.info('no');
    logger.warn('yes');
    expect(lines).toHaveLength(1);
  });

  it('writes lines for people when asked', async () => {
    const lines: string[] = [];
    const stream = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
    createLogger({ pretty: true, destination: stream }).info('hello');
    while (lines.length === 0) await new Promise(setImmediate);
    expect(lines.join('')).toMatch(/INFO.*hello/);
    expect(lines.join('')).not.toContain('{"');
  });
});

describe('PinoNestLogger', () => {
  it('maps levels, context and stack', () => {
    const { logger, parsed } = capture('trace');
    const nest = new PinoNestLogger(logger);
    nest.log('started', 'Router');
    nest.error('broke', 'Error: broke\n at x', 'Router');
    nest.error(new Error('thrown'), 'Router');
    nest.warn({ some: 'fields' });
    nest.verbose('detail');
    nest.debug('more');
    nest.fatal('end');
    expect(parsed()).toMatchObject([
      { level: 'debug', msg: 'started', context: 'Router' },
      { level: 'error', msg: 'broke', context: 'Router', stack: 'Error: broke\n at x' },
      { level: 'error', msg: 'thrown', err: { message: 'thrown' } },
      { level: 'warn', some: 'fields' },
      { level: 'trace', msg: 'detail' },
      { level: 'debug', msg: 'more' },
      { level: 'fatal', msg: 'end' },
    ]);
  });
});

describe('safePath', () => {
  it('drops query and callback token', () => {
    expect(safePath('/api/callbacks/abc.def?x=1')).toBe('/api/callbacks/[redacted]');
    expect(safePath('/api/portfolios/1#a')).toBe('/api/portfolios/1');
  });
});
