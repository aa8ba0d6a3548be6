import { Body, Controller, HttpCode, Param, Post, UseFilters } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#kernel';
import { evaluateForm, type StandaloneForm } from '#workflow';
import { Parts } from '../composition/parts.js';
import { anyObject, ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { formAnswer, FormAnswerFilter } from '../processes/form-answer.js';
import { formLiveData } from '../processes/form-live-data.js';
import { ApiForm, FormNotCompleteDto, FormNotValidDto } from '../processes/process.dto.js';
import { pagesOf } from '../processes/process.pages.js';
import { StartRules } from '../subscriptions/start-rules.js';
import { configureSchedule } from './configure-schedule.form.js';

/** One line per form. */
const forms: readonly StandaloneForm[] = [configureSchedule];

/** Forms that start no process. */
@ApiTags('forms')
@ApiExtraModels(FormNotCompleteDto, FormNotValidDto)
@Controller('forms')
@Needs('operate')
export class FormsController {
  constructor(
    private readonly parts: Parts,
    private readonly rules: StartRules,
  ) {}

  @Post(':key')
  @HttpCode(200)
  @UseFilters(FormAnswerFilter)
  @ApiBody({ schema: { type: 'array', items: { type: 'object' } }, description: 'Answers of the pages so far' })
  @ApiAnswer(anyObject, 'What the form is for')
  @ApiForm()
  @ApiProblems(404, 413, 422)
  async answer(@Param('key') key: string, @Body() body: unknown): Promise<object> {
    const pages = pagesOf(body);
    const form = forms.find((each) => each.key === key);
    if (form === undefined) throw new Refusal('unknown_form', 404, `Form ${key.slice(0, 255)} does not exist.`);
    const result = await evaluateForm(form.pages, pages, formLiveData(this.parts, this.rules, key));
    if (result.kind !== 'complete') throw formAnswer(result);
    return form.result?.(result.data) ?? result.data;
  }
}
