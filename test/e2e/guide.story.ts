import { expect } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { facts } from './portfolios.js';
import { as, made, type Token } from './tokens.js';
import { until, World } from './world.js';

/** People of docs/auditors-guide.md and what they may do. */
const PEOPLE = { ida: 'read', otto: 'operate', adam: 'admin' } as const;
export type Person = keyof typeof PEOPLE;

/** The world that docs/auditors-guide.md tells of, at the moment when the auditor comes. */
export class Story {
  private constructor(
    readonly world: World,
    /** Where the auditor works; has the token files. */
    readonly directory: string,
    private readonly tokens: Record<Person, Token>,
  ) {}

  /** A server with tokens and a log in which something was refused, put right, given up, and forgotten. */
  static async tell(): Promise<Story> {
    const directory = mkdtempSync(join(tmpdir(), 'purveyor-guide-'));
    const tokens = tokensIn(directory);
    const world = await World.start({
      PURVEYOR_TOKENS_FILE: join(directory, 'tokens'),
      // Signed on demand only, so that there are as many as in the text.
      PURVEYOR_CHECKPOINT_SECONDS: '0',
    });
    const story = new Story(world, directory, tokens);
    // An answer by callback comes well behind the one that announced it, on slow machines too.
    await world.settings({ callbackDelayMs: 1_000 });
    await story.contoso();
    await story.failed('Fabrikam', 'order-4712');
    await story.northwind();
    return story;
  }

  async end(): Promise<void> {
    await this.world.stop();
    rmSync(this.directory, { recursive: true });
  }

  as(person: Person): { authorization: string } {
    return as(this.tokens[person]);
  }

  /** Refused once by the cloud provider, put right by Otto. */
  private async contoso(): Promise<void> {
    const id = await this.failed('Contoso', 'order-4711');
    await this.command('otto', `/api/portfolios/${id}/stages/TENANT/resume`, {}, 'call-0815');
    await this.reaches(id, 'COMPLETED');
  }

  /** Refused, given up, and the person in it forgotten. */
  private async northwind(): Promise<void> {
    const id = await this.failed('Northwind', 'order-4713');
    await this.command('otto', `/api/portfolios/${id}/abandon`, { reason: 'ordered twice' }, 'call-0816');
    await this.reaches(id, 'ABANDONED');
    await this.command('adam', `/api/subjects/portfolio-${id}/forget`, { reason: 'asked for it' }, 'letter-17');
    const subject = `/api/audit/streams/subject-portfolio-${id}`;
    const { items } = await until(
      () => this.read(subject),
      (found) => found?.items?.at(-1)?.type === 'SubjectForgotten',
    );
    await this.read(`/api/audit/streams?min_position=${items.at(-1).position}`);
  }

  /** A portfolio whose tenant the cloud provider refuses; answers its id. */
  private async failed(name: string, correlation: string): Promise<string> {
    await this.world.script({ method: 'POST', path: '/csp/azure/tenants' }, { kind: 'fail', status: 400 });
    const domain_name = name.toLowerCase();
    const body = { name, csp: 'azure', plan_version: 1, facts: facts({ domain_name }) };
    const { id } = await this.command('otto', '/api/portfolios', body, correlation);
    await this.reaches(id, 'TENANT_FAILED');
    return id;
  }

  private async command(person: Person, path: string, body: unknown, correlation: string): Promise<any> {
    const headers = { ...this.as(person), 'x-correlation-id': correlation };
    const answer = await this.world.api('POST', path, body, headers);
    expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
    return answer.body;
  }

  private reaches(id: string, state: string): Promise<any> {
    return until(
      () => this.read(`/api/portfolios/${id}`),
      (found) => found?.state === state,
    );
  }

  private async read(path: string): Promise<any> {
    return (await this.world.api('GET', path, undefined, this.as('ida'))).body;
  }
}

/** A token for each, in a file of its own, and the file that the server is given. */
function tokensIn(directory: string): Record<Person, Token> {
  const names = Object.keys(PEOPLE) as Person[];
  const tokens = names.map((name) => made(name, PEOPLE[name]));
  names.forEach((name, i) => writeFileSync(join(directory, `${name}.token`), tokens[i]!.value));
  writeFileSync(join(directory, 'tokens'), tokens.map(({ line }) => line).join('\n'));
  return Object.fromEntries(names.map((name, i) => [name, tokens[i]])) as Record<Person, Token>;
}
