import { Injectable } from '@nestjs/common';
import { Refusal } from '#kernel';
import {
  evaluateForm,
  formAt,
  legalCommands,
  mayResume,
  processStream,
  unfit,
  type LiveData,
  type ProcessState,
  type ResumeProcess,
  type StartedProcess,
} from '#workflow';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { StartRules } from '../subscriptions/start-rules.js';
import { formAnswer } from './form-answer.js';
import { formLiveData } from './form-live-data.js';
import { isNoAnswer, refuseAnswers } from './process.pages.js';

/** Makes the command that goes on with a process: with the answers of the form that waits, or as a retry. */
@Injectable()
export class ResumeForm {
  constructor(
    private readonly parts: Parts,
    private readonly rules: StartRules,
  ) {}

  /**
   * Refusals `process_not_found` 404, `resume_forbidden` 403, `invalid_process_status` 409, `validation_failed` 400 for answers that nobody
   * waits for; throws a FormAnswer when a page is missing (510) or not valid (400).
   */
  async command(id: string, body: unknown, caller: Caller): Promise<ResumeProcess> {
    const state = await this.state(id);
    const base = { type: 'ResumeProcess', by: caller.actor, time: this.parts.clock.now() } as const;
    if (state.status === 'completed' || state.status === 'aborted' || state.status === 'refused') return base;
    const compiled = this.parts.workflows.carrying(state).compiled;
    if (!(await mayResume(compiled, state, caller)))
      throw new Refusal('resume_forbidden', 403, 'You may not resume this process', { state: state.status });
    const form = formAt(compiled, state);
    if (form === undefined) {
      // Of two answers to one form the second comes here when the process has gone on: that is no fault of what it says.
      if (!isNoAnswer(body) && !legalCommands(state).includes('resume')) throw unfit(state, 'resumed');
      refuseAnswers(body);
      return base;
    }
    const pages = isNoAnswer(body) ? [] : (body as readonly unknown[]);
    const result = await evaluateForm(form.node.pages, pages, this.live(state));
    if (result.kind !== 'complete') throw formAnswer(result);
    return { ...base, input: result.data, step: form.step };
  }

  /** Schema of the page that waits; null while none waits. The code of the process is here. */
  async page(state: StartedProcess): Promise<object | null> {
    const form =
      state.status === 'suspended' ? formAt(this.parts.workflows.carrying(state).compiled, state) : undefined;
    if (form === undefined) return null;
    const result = await evaluateForm(form.node.pages, [], this.live(state));
    return result.kind === 'more' ? result.form : null;
  }

  /** A form of a running process sees its state beside the views. */
  private live(state: StartedProcess): LiveData {
    return { ...formLiveData(this.parts, this.rules, state.workflow), state: state.data };
  }

  private async state(id: string): Promise<StartedProcess> {
    const { state } = await this.parts.runtime.load<ProcessState>(processStream(id));
    if (state.status === 'none') throw new Refusal('process_not_found', 404, 'there is no such process');
    return state;
  }
}
