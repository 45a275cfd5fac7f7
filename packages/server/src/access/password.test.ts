import { randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { TooManyAttempts } from './faults.ts';
import { argon2idPasswords } from './password.ts';
import { passwordFault } from './password-rules.ts';

describe('passwords', () => {
  const passwords = argon2idPasswords(randomBytes);

  it('are kept as argon2id with the parameters that OWASP asks for', async () => {
    const hashed = await passwords.hash('seven quiet otters');
    expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.verify(hashed, 'seven quiet otters')).toBe(true);
    expect(await passwords.verify(hashed, 'seven quiet otter')).toBe(false);
    expect(passwords.outdated(hashed)).toBe(false);
  });

  it('are the same however the keyboard composes them', async () => {
    const hashed = await passwords.hash('sieben grüne Türen');
    expect(await passwords.verify(hashed, 'sieben grüne Türen'.normalize('NFD'))).toBe(true);
  });

  it('verify against nothing, with the work of a real one', async () => {
    expect(await passwords.verify(undefined, '')).toBe(false);
    const took = async (known: string | undefined) => {
      const start = performance.now();
      for (let i = 0; i < 5; i++) await passwords.verify(known, 'no such password');
      return performance.now() - start;
    };
    const real = await took(await passwords.hash('seven quiet otters'));
    // Without the work it would be a thousandth.
    expect(await took(undefined)).toBeGreaterThan(real / 5);
  });

  it('of other parameters are outdated', async () => {
    expect(passwords.outdated(await hash('x', { memoryCost: 8192, timeCost: 1 }))).toBe(true);
    expect(passwords.outdated(await hash('x', { memoryCost: 19_456, timeCost: 2, algorithm: 1 }))).toBe(true);
  });

  it('that come as a flood are refused, and those before it are answered', async () => {
    const flood = await Promise.allSettled(
      Array.from({ length: 80 }, () => passwords.verify(undefined, 'x')),
    );
    const refused = flood.filter((r) => r.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every((r) => (r as PromiseRejectedResult).reason instanceof TooManyAttempts)).toBe(true);
    expect(flood.filter((r) => r.status === 'fulfilled').length).toBeGreaterThanOrEqual(60);
    expect(await passwords.verify(undefined, 'x')).toBe(false);
  });
});

describe('password rules', () => {
  it.each([
    'elevenchars',
    'Password2024!',
    'P4ssw0rd-1234',
    'passwordpassword',
    'letmein12345',
    'Welcome123!!',
    'administrator1',
    'qwertyuiop12',
    'asdfghjkl;asdf',
    '1qaz2wsx3edc',
    '123456789012',
    '98765432109876',
    '20240101-2025',
    'aaaaaaaaaaaaa',
    'abcabcabcabcabc',
    'abcdefghijklmnop',
    'radiology2026',
    'Promontory123!',
    'anna.berg1234',
    'x'.repeat(300),
  ])('refuse %s', (password) => {
    expect(passwordFault(password, 'anna.berg')).toBeTypeOf('string');
  });

  it.each([
    'seven quiet otters',
    'vK9#mQ2$wL5&',
    'Regenschirm im Keller',
    'правильная лошадь',
    '五つの静かな川辺のかわうそたちが泳ぐ',
    'anna.berg likes her garden',
  ])('accept %s', (password) => {
    expect(passwordFault(password, 'anna.berg')).toBeUndefined();
  });
});
