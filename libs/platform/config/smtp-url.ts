import { isEncoded } from './connection-string.js';

const SHAPE = /^smtps?:\/\/(?:([^\s/?#\\]+)@)?(?:\[[\d:.A-Fa-f]+\]|[\p{L}\p{N}_.-]{1,253})(?::\d{1,5})?\/?(?:\?\S*)?$/u;

/**
 * The URL of an SMTP server as it came, or undefined for what the mail library would throw at, or misunderstand: it takes a part of the password
 * for the host, or this machine where it finds none. Checked here, because the library is loaded with the first notice only.
 */
export function readSmtpUrl(text: string): string | undefined {
  const [whole, login = ''] = SHAPE.exec(text) ?? [];
  return whole !== undefined && isEncoded(login) && URL.canParse(text) ? text : undefined;
}
