import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { categoryOf } from '#event-store';
import { Refusal } from '#kernel';
import { PORTFOLIO_CATEGORY, type PortfolioState } from '#portfolio';
import { subjectStream, type ForgetSubject, type SubjectState } from '#privacy';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { CommandSender, type Accepted } from '../http/command-sender.js';

export class ForgetPerson extends Command<Accepted> {
  constructor(
    readonly subject: string,
    readonly reason: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Nothing more leaves in this person's name. */
const AT_REST: readonly PortfolioState['phase'][] = ['ABANDONED', 'DEPROVISIONED'];

/** Refusals `not_found` 404 where nobody's data is kept under the name, and `subject_in_use` 409 while they are needed. */
@CommandHandler(ForgetPerson)
export class ForgetPersonHandler implements ICommandHandler<ForgetPerson> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  async execute({ subject, reason, caller }: ForgetPerson): Promise<Accepted> {
    const stream = subjectStream(subject);
    const make = async (): Promise<ForgetSubject> => {
      await this.requireIdle(stream, subject);
      return { type: 'ForgetSubject', subject, reason, time: this.parts.clock.now() };
    };
    return this.sender.send(stream, caller, this.sender.commandId(caller), { reason }, make);
  }

  private async requireIdle(stream: string, subject: string): Promise<void> {
    const { runtime, keys } = this.parts;
    const { state } = await runtime.load<SubjectState>(stream);
    if (state.status !== 'known') return;
    if (keys.peek(subject) === undefined)
      throw new Refusal('not_found', 404, `no personal data are kept under the name ${subject}`);
    if (categoryOf(subject) !== PORTFOLIO_CATEGORY) return;
    const { state: portfolio } = await runtime.load<PortfolioState>(subject);
    if (portfolio.phase === 'ABSENT' || AT_REST.includes(portfolio.phase)) return;
    throw new Refusal('subject_in_use', 409, `${subject} is ${portfolio.phase}: deprovision or abandon it first`);
  }
}
