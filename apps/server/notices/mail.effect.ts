import { createHash } from 'node:crypto';
import type { Transporter } from 'nodemailer';
import { opensOnce, type Failure, type Outcome } from '#kernel';
import type { Effect, EffectCall } from '#runtime';

interface Notice {
  readonly password_recovery_email_address: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends a notice by SMTP. Every attempt carries the same Message-ID, so that a repeat can be told. Without a server nothing is sent. */
export function mailEffect(smtpUrl: string | undefined, from: string, open = transportTo): Effect {
  const transport = smtpUrl === undefined ? undefined : opensOnce(() => open(smtpUrl));
  return {
    name: 'notice.mail',
    concurrency: 4,
    async run({ input, idempotencyKey }: EffectCall): Promise<Outcome> {
      const { password_recovery_email_address: to, subject, text } = input as Notice;
      const message_id = `<${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)}@purveyor>`;
      if (transport === undefined) return { kind: 'done', result: { sent: false } };
      try {
        await (await transport()).sendMail({ from, to, subject, text, messageId: message_id });
        return { kind: 'done', result: { sent: true, message_id } };
      } catch (error) {
        return { kind: 'failed', failure: failureOf(error as SmtpError) };
      }
    },
  };
}

/** Loaded with the first notice: most servers send none. */
async function transportTo(smtpUrl: string): Promise<Transporter> {
  const { default: nodemailer } = await import('nodemailer');
  return nodemailer.createTransport(smtpUrl);
}

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
  readonly message: string;
}

/** A reply of the fives is final (RFC 5321 section 4.2.1); without any reply it is not known what became of the mail. */
function failureOf({ code = 'smtp', responseCode, message }: SmtpError): Failure {
  const kind = responseCode === undefined ? unanswered(code) : responseCode >= 500 ? 'refused' : 'retryable';
  return { kind, code: responseCode === undefined ? code.toLowerCase() : `smtp_${responseCode}`, message };
}

const unanswered = (code: string): Failure['kind'] =>
  code === 'ECONNECTION' || code === 'ESOCKET' ? 'retryable' : 'unknown';
