import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { QueryDto, SliceDto, SliceOrPageDto, TextParameter } from '../http/query.dto.js';

export class ListSubscriptionsDto extends SliceOrPageDto {
  @TextParameter({ description: 'Id or name of a product' })
  product?: string;

  @TextParameter({ example: 'active' })
  status?: string;

  @ApiPropertyOptional({ enum: ['true', 'false'] })
  @IsOptional()
  @IsIn(['true', 'false'])
  insync?: 'true' | 'false';

  @TextParameter({ description: 'Id of a customer' })
  customer?: string;

  @TextParameter({ description: 'Tag of a product', example: 'GROUP' })
  tag?: string;

  @TextParameter({ description: 'Field and value, any number of pairs; several values with | between them' })
  filter?: string;
}

/** Longer is refused, as by the Workflow Orchestrator. */
const LONGEST_QUERY = 512;

export class SearchSubscriptionsDto extends SliceDto {
  @ApiPropertyOptional({
    maxLength: LONGEST_QUERY,
    description: 'Words that all occur; `status:active` asks for a field',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_QUERY)
  query?: string;
}

export class HistoryDto extends QueryDto {
  @TextParameter({ description: 'Only this field, or what is under it', example: 'user_group.group_name' })
  field?: string;
}

export class DomainModelDto extends QueryDto {
  @ApiPropertyOptional({ enum: ['true', 'false'], default: 'true', description: 'Leaves out what its own blocks use' })
  @IsOptional()
  @IsIn(['true', 'false'])
  filter_owner_relations?: 'true' | 'false';
}
