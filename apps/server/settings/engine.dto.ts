import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';

export class EngineLockDto {
  @ApiProperty({ description: 'true: nothing begins any more; what runs ends by itself' })
  @IsBoolean()
  global_lock!: boolean;
}
