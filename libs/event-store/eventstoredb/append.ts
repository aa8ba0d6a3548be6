import { WrongExpectedRevision } from '../errors.js';
import { position, revision, type Appended, type ExpectedRevision, type StreamName } from '../port.js';
import type { AppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { safeInteger } from './records.js';

/** What the store answered to an append; the position is missing where the server does not know it. */
export function appended(
  stream: StreamName,
  expected: ExpectedRevision,
  answer: AppendResp,
): WrongExpectedRevision | { readonly revision: Appended['revision']; readonly position?: Appended['position'] } {
  const wrong = answer.getWrongExpectedVersion();
  if (wrong !== undefined) {
    const actual = wrong.hasCurrentRevision() ? revision(safeInteger(wrong.getCurrentRevision())) : 'no_stream';
    return new WrongExpectedRevision(stream, expected, actual);
  }
  const success = answer.getSuccess()!;
  const at = success.getPosition();
  return {
    revision: revision(safeInteger(success.getCurrentRevision())),
    position: at && position(safeInteger(at.getCommitPosition())),
  };
}

/** What an empty append answers: the caller's own place, without asking the server, which would write an empty transaction. */
export const nothingAppended = (expected: ExpectedRevision, head: Appended['position']): Appended => ({
  revision: revision(expected === 'no_stream' ? -1 : expected),
  position: head,
});
