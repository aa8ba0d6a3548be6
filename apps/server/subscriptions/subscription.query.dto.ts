import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { SubscriptionQuery } from '#read-models';
import { listQueryOf } from '../http/slice.js';
import { ListDto, QueryDto, TextParameter } from '../http/query.dto.js';

export class ListSubscriptionsDto extends ListDto {
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
}

/** Refusal `bad_filter` or `bad_range` 400. */
export function subscriptionQueryOf(dto: ListSubscriptionsDto): SubscriptionQuery & { readonly tag?: string } {
  const { product, status, insync, customer, tag, ...list } = dto;
  return {
    ...listQueryOf(list),
    ...(product !== undefined && { product }),
    ...(status !== undefined && { status }),
    ...(insync !== undefined && { insync: insync === 'true' }),
    ...(customer !== undefined && { customer }),
    ...(tag !== undefined && { tag }),
  };
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
