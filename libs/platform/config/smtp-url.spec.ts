import { describe, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { readSmtpUrl } from './smtp-url.js';

describe('the URL of the SMTP server', () => {
  it.each([
    ['smtp://mail.example', 'mail.example'],
    ['smtps://ada:p%40ss%2Fword@mail.example:465', 'mail.example'],
    ['smtp://ada:p@ss:word@127.0.0.1:25/?pool=true', '127.0.0.1'],
    ['smtp://[::1]:25', '::1'],
  ])('%s is taken as it is, and means to the mail library what it says', (text, host) => {
    expect(readSmtpUrl(text)).toBe(text);
    expect(createTransport(text).transporter).toMatchObject({ options: { host } });
  });

  it.each([
    ['a percent sign that is not encoded', 'smtp://ada:100%@mail.example'],
    ['a hash in the password', 'smtp://ada:se#cret@mail.example'],
    ['a slash in the password', 'smtp://ada:se/cret@mail.example'],
    ['a backslash in the password', 'smtp://ada:se\\cret@mail.example'],
    ['a port that is a word', 'smtp://mail.example:port'],
    ['a port beyond all', 'smtp://mail.example:70000'],
    ['an address that is none', 'smtp://[::1:25'],
    ['no host', 'smtp://'],
    ['no host but a path', 'smtp:///mail.example'],
    ['two hosts', 'smtp://one.example,two.example'],
    ['another scheme', 'http://mail.example'],
    ['a space', 'smtp://mail.example ?pool=true'],
  ])('%s is refused', (_what, text) => {
    expect(readSmtpUrl(text)).toBeUndefined();
  });
});
