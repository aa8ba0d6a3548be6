import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNotEmpty, IsString, IsUUID, MaxLength, Min } from 'class-validator';
import { Optional } from '../http/optional.js';

export class CreateCustomerDescriptionDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  subscription_id!: string;

  @ApiProperty({ maxLength: 255 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  customer_id!: string;

  @ApiProperty({ maxLength: 2000 })
  @IsString()
  @MaxLength(2_000)
  description!: string;
}

export class ChangeCustomerDescriptionDto extends CreateCustomerDescriptionDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  id!: string;

  @ApiPropertyOptional({ description: 'The version that the change is made on; not checked if absent' })
  @Optional()
  @IsInt()
  @Min(0)
  version?: number;
}
