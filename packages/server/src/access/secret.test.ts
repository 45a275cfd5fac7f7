import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecret, isUuid, newSecret, newUuid, seal, unseal } from './secret.ts';

const key = randomBytes(32);

describe('seal', () => {
  it('opens what it sealed, for the same thing and by the same key only', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (about, text) => {
        const sealed = seal(key, randomBytes, about, text);
        expect(unseal(key, about, sealed)).toBe(text);
        expect(unseal(key, `${about}x`, sealed)).toBeUndefined();
        expect(unseal(randomBytes(32), about, sealed)).toBeUndefined();
      }),
    );
  });

  it('opens nothing that was changed or cut', () => {
    const sealed = seal(key, randomBytes, 'totp:1', 'JBSWY3DPEHPK3PXP');
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const other = Buffer.from(bytes);
      other[i] ^= 1;
      expect(unseal(key, 'totp:1', `v1.${other.toString('base64url')}`)).toBeUndefined();
      expect(unseal(key, 'totp:1', `v1.${bytes.subarray(0, i).toString('base64url')}`)).toBeUndefined();
    }
    expect(unseal(key, 'totp:1', 'JBSWY3DPEHPK3PXP')).toBeUndefined();
    expect(unseal(key, 'totp:1', '')).toBeUndefined();
  });

  it('never seals twice alike', () => {
    expect(seal(key, randomBytes, 'a', 'b')).not.toBe(seal(key, randomBytes, 'a', 'b'));
  });
});

describe('secrets and ids', () => {
  it('have their form', () => {
    expect(isSecret(newSecret(randomBytes))).toBe(true);
    expect(isUuid(newUuid(randomBytes))).toBe(true);
    expect(newUuid(randomBytes)).toMatch(/^.{14}4.{4}[89ab]/);
    for (const text of ['', 'x', `${newSecret(randomBytes)}=`, `${newSecret(randomBytes)}A`])
      expect(isSecret(text)).toBe(false);
  });
});
