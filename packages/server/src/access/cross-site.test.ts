import { describe, expect, it } from 'vitest';
import { cookieValue, sessionCookie, sessionCookieName } from './cookie.ts';
import { crossSite, saysCrossSite } from './cross-site.ts';

const OWN = 'https://archive.example';

describe('crossSite', () => {
  it.each([
    [{ origin: OWN, 'sec-fetch-site': 'same-origin' }, false],
    [{ origin: OWN }, false],
    [{ 'sec-fetch-site': 'same-origin' }, false],
    [{}, true],
    [{ origin: 'null' }, true],
    [{ origin: 'http://archive.example' }, true],
    [{ origin: 'https://archive.example:444' }, true],
    [{ origin: 'https://archive.example.evil.example' }, true],
    [{ origin: OWN, 'sec-fetch-site': 'cross-site' }, true],
    [{ 'sec-fetch-site': 'same-site' }, true],
    [{ 'sec-fetch-site': 'none' }, true],
    [{ 'sec-fetch-site': '' }, true],
    [{ origin: ['https://archive.example', 'https://evil.example'] }, true],
  ])('%j', (headers, refused) => {
    expect(crossSite(headers, OWN)).toBe(refused);
  });

  it('tells what says nothing from what says another', () => {
    expect(saysCrossSite({}, OWN)).toBe(false);
    expect(saysCrossSite({ origin: 'https://evil.example' }, OWN)).toBe(true);
    expect(saysCrossSite({ origin: OWN }, 'http://127.0.0.1:1', OWN)).toBe(false);
  });
});

describe('the session cookie', () => {
  it('is locked to the host under TLS', () => {
    expect(sessionCookie(OWN, 'S')).toBe('__Host-promontory=S; Path=/; HttpOnly; Secure; SameSite=Strict');
    expect(sessionCookie('http://127.0.0.1:8080', 'S')).toBe(
      'promontory=S; Path=/; HttpOnly; SameSite=Strict',
    );
  });

  it('is read by its whole name, and not where it was planted beside', () => {
    const name = sessionCookieName(OWN);
    expect(cookieValue({ cookie: 'a=1; __Host-promontory=S; b=2' }, name)).toBe('S');
    expect(cookieValue({ cookie: 'promontory=S; x__Host-promontory=T' }, name)).toBeUndefined();
    expect(cookieValue({ cookie: '__Host-promontory=S; __Host-promontory=T' }, name)).toBeUndefined();
    expect(cookieValue({}, name)).toBeUndefined();
  });
});
