import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FormFault, FormResult } from '#workflow';

/** What a form asks for or refuses, in the words of the Workflow Orchestrator's clients (they know no problem details). */
export class FormAnswer extends Error {
  constructor(readonly body: FormNotComplete | FormNotValid) {
    super(body.detail);
    this.name = 'FormAnswer';
  }
}

export interface FormNotComplete {
  readonly type: 'FormNotCompleteError';
  readonly title: string;
  readonly status: 510;
  readonly detail: string;
  /** JSON Schema of the page that is asked for. */
  readonly form: object;
  readonly meta: { readonly hasNext: boolean };
}

export interface FormNotValid {
  readonly type: 'FormValidationError';
  readonly title: string;
  readonly status: 400;
  readonly detail: string;
  readonly validation_errors: readonly FormFault[];
}

export function formAnswer(result: Exclude<FormResult, { kind: 'complete' }>): FormAnswer {
  if (result.kind === 'more') {
    const { form, hasNext } = result;
    const detail = 'The form asks for another page';
    const about = { type: 'FormNotCompleteError', title: 'Form not complete', status: 510, detail } as const;
    return new FormAnswer({ ...about, form, meta: { hasNext } });
  }
  const { errors } = result;
  const detail = `${errors.length} validation error${errors.length === 1 ? '' : 's'} in the form`;
  const about = { type: 'FormValidationError', title: 'Form not valid', status: 400, detail } as const;
  return new FormAnswer({ ...about, validation_errors: errors });
}

interface Reply {
  code(status: number): Reply;
  send(body: object): unknown;
}

/** 510 and 400 of forms as plain JSON; everything else goes on to the filter of all routes. */
@Catch(FormAnswer)
export class FormAnswerFilter implements ExceptionFilter<FormAnswer> {
  catch({ body }: FormAnswer, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Reply>().code(body.status).send(body);
  }
}
