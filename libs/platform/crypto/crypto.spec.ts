import { describe, expect, it } from '@jest/globals';
import { hmac, sameText, uuidV5 } from './hashes.js';
import { signWebhook, verifyWebhook } from './webhooks.js';

const secret = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const [OLD, NEW, FOREIGN] = [secret(1), secret(2), secret(3)];
const NOW = 1_700_000_000_000;
const message = { id: 'msg_1', time: NOW, body: '{"status":"done"}' };

describe('webhooks', () => {
  it('verifies what one of the active secrets signed', () => {
    const headers = { ...signWebhook([OLD], message) };
    expect(verifyWebhook([NEW, OLD], headers, message.body, NOW)).toEqual({ ok: true, id: 'msg_1' });
    expect(verifyWebhook([OLD], headers, Buffer.from(message.body), NOW + 299_000).ok).toBe(true);
    expect(verifyWebhook([NEW], { ...signWebhook([OLD, NEW], message) }, message.body, NOW).ok).toBe(true);
  });

  it('signs as the published example of the standard does', () => {
    const signed = signWebhook(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      time: 1614265330000,
      body: '{"test": 2432232314}',
    });
    expect(signed['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it.each([
    ['no_matching_signature', [FOREIGN], {}, message.body, NOW],
    ['no_matching_signature', [OLD], {}, '{"status": "done"}', NOW],
    ['no_matching_signature', [OLD], { 'webhook-id': 'msg_2' }, message.body, NOW],
    ['no_matching_signature', [OLD], { 'webhook-timestamp': String(NOW / 1000 + 1) }, message.body, NOW],
    ['no_matching_signature', [OLD], { 'webhook-signature': 'v1,' }, message.body, NOW],
    ['headers_missing', [OLD], { 'webhook-id': undefined }, message.body, NOW],
    ['timestamp_malformed', [OLD], { 'webhook-timestamp': '17e8' }, message.body, NOW],
    ['too_old', [OLD], {}, message.body, NOW + 301_000],
    ['too_new', [OLD], {}, message.body, NOW - 301_000],
  ])('says %s', (reason, secrets, changed, body, now) => {
    expect(verifyWebhook(secrets, { ...signWebhook([OLD], message), ...changed }, body, now)).toEqual({
      ok: false,
      reason,
    });
  });
});

describe('hashes', () => {
  it('derives the UUIDv5 of RFC 9562 appendix A.4', () => {
    expect(uuidV5('www.example.com', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
    expect(uuidV5('a')).not.toBe(uuidV5('b'));
  });

  it('keys its HMAC', () => {
    // RFC 4231 test case 2
    expect(Buffer.from(hmac(Buffer.from('Jefe'), 'what do ya want for nothing?'), 'base64url').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('compares texts of any length', () => {
    expect([sameText('abc', 'abc'), sameText('abc', 'abd'), sameText('abc', 'ab'), sameText('ä', 'a')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
