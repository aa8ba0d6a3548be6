import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Refusal } from '#kernel';
import { Parts } from '../composition/parts.js';
import { anyObject, ApiAnswer } from '../http/answer-schema.js';
import { ApiProblems } from '../http/api-doc.js';
import { Needs } from '../http/needs.js';
import { QueryDto } from '../http/query.dto.js';
import { builtIn, merged, ownTexts } from './translations.js';

@ApiTags('translations')
@Controller('translations')
@Needs('read')
export class TranslationsController {
  constructor(private readonly parts: Parts) {}

  @Get(':language')
  @ApiAnswer(anyObject, 'Texts by key: forms.fields.<name>, forms.fields.<name>_info, workflow.<name>')
  @ApiProblems(400, 422, 503)
  texts(@Param('language') language: string, @Query() _: QueryDto) {
    if (!/^[a-z]{2}-[A-Z]{2}$/.test(language))
      throw new Refusal('bad_language', 422, 'a language is written like en-GB');
    const { config, workflows } = this.parts;
    return merged(builtIn(workflows.all()), ownTexts(config.translationsDir, language));
  }
}
