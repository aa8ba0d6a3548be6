import { ApiProperty } from '@nestjs/swagger';
import { IsObject, IsString, MaxLength, ValidateIf } from 'class-validator';

export class NoteDto {
  @ApiProperty({ type: 'string', nullable: true, maxLength: 5000, description: 'Blank or null: none' })
  @ValidateIf(({ note }: NoteDto) => note !== null)
  @IsString()
  @MaxLength(5_000)
  note!: string | null;
}

export class MetadataDto {
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'All of it, as the product registered it' })
  @IsObject()
  metadata!: Record<string, unknown>;
}
