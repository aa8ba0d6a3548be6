import { Refusal } from '#kernel';

export const circuitGone = (id: string): Refusal =>
  new Refusal('circuit_gone', 404, `there is no circuit ${id}`, { circuit_id: id });
