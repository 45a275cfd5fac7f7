import { Secret } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADDRESS,
  type Bench,
  codeAt,
  FROM,
  type Member,
  openBench,
  PASSWORD,
  refusal,
  STARTUP_MS,
  SYSTEM,
  withPassword,
  withTotp,
} from './access.testing.ts';
import { FRESH_MS } from './sessions.ts';

let bench: Bench;
let strict: Bench['access'];
const STUDENT = { projects: [{ role: 'student' as const, projectId: 'default' }] };
beforeAll(async () => {
  bench = await openBench();
  await bench.administrator();
  strict = bench.another({ requireSecondFactor: true });
}, STARTUP_MS);
afterAll(() => bench.close());

const signIn = (login: string, code?: string, access = bench.access) =>
  access.signIn.password({ login, password: PASSWORD, ...(code === undefined ? {} : { code }) }, FROM);

describe('the second factor', () => {
  it('agrees with RFC 6238, appendix B', () => {
    const secret = Secret.fromLatin1('12345678901234567890').base32;
    expect(codeAt(secret, new Date(59_000))).toBe('287082');
    expect(codeAt(secret, new Date(1_111_111_109_000))).toBe('081804');
  });

  it('holds once confirmed, and is then asked for always', async () => {
    const { identity } = await withPassword(bench, 'anna');
    const { secret, address } = await bench.access.factors.enrolTotp(identity);
    expect(address).toBe(
      `otpauth://totp/Promontory:anna?issuer=Promontory&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
    );
    expect(await refusal(signIn('anna'))).toBe('none');
    expect(await refusal(bench.access.factors.confirmTotp(identity, '000000'))).toBe('AccessRefused invalid');
    const signedIn = await bench.access.factors.confirmTotp(identity, codeAt(secret, bench.now));
    expect(signedIn.proof).toBe('link+totp');
    bench.pass(60_000);
    expect(await refusal(signIn('anna'))).toBe('SignInRefused');
    expect(await refusal(signIn('anna', '000000'))).toBe('SignInRefused');
    expect((await signIn('anna', codeAt(secret, bench.now))).proof).toBe('password+totp');
  });

  it('holds each step once, and none before it', async () => {
    const { secret } = await withTotp(bench, 'replay');
    const code = codeAt(secret, bench.now);
    const earlier = codeAt(secret, new Date(bench.now.getTime() - 30_000));
    expect(await refusal(signIn('replay', code))).toBe('none');
    expect(await refusal(signIn('replay', code))).toBe('SignInRefused');
    expect(await refusal(signIn('replay', earlier))).toBe('SignInRefused');
    const next = codeAt(secret, new Date(bench.now.getTime() + 30_000));
    expect(await refusal(signIn('replay', next))).toBe('none');
  });

  it('holds each step once also for two that come at once', async () => {
    const { secret } = await withTotp(bench, 'race');
    const code = codeAt(secret, bench.now);
    const both = await Promise.all([1, 2].map(() => refusal(signIn('race', code))));
    expect(both.sort()).toEqual(['SignInRefused', 'none']);
  });

  it('allows one step to either side', async () => {
    const { secret } = await withTotp(bench, 'window');
    const at = (steps: number) => codeAt(secret, new Date(bench.now.getTime() + steps * 30_000));
    expect(await refusal(signIn('window', at(-2)))).toBe('SignInRefused');
    expect(await refusal(signIn('window', at(2)))).toBe('SignInRefused');
    expect(await refusal(signIn('window', at(-1)))).toBe('none');
    expect(await refusal(signIn('window', at(1)))).toBe('none');
  });

  it('locks after wrong codes as after wrong passwords', async () => {
    const { secret } = await withTotp(bench, 'codes');
    for (let i = 0; i < 5; i++) await refusal(signIn('codes', '000000'));
    expect(await refusal(signIn('codes', codeAt(secret, bench.now)))).toBe('SignInRefused');
  });

  it('is sealed in the database, for its account alone', async () => {
    const a = await withTotp(bench, 'sealed-a');
    const b = await withTotp(bench, 'sealed-b');
    const rows = await bench.database.query<{ login: string; totp_secret: string }>(
      "select login, totp_secret from account where login like 'sealed-%'",
    );
    expect(JSON.stringify(rows)).not.toContain(a.secret);
    expect((await bench.audit()).map((e) => e.body).join()).not.toContain(a.secret);
    // Who can write to the database cannot put their own generator on another's account.
    await bench.database.query(
      `update account set totp_secret = (select totp_secret from account where login = 'sealed-a')
       where login = 'sealed-b'`,
    );
    expect(await refusal(signIn('sealed-b', codeAt(a.secret, bench.now)))).toBe('SignInRefused');
    expect(await refusal(signIn('sealed-b', codeAt(b.secret, bench.now)))).toBe('SignInRefused');
  });

  it('is removed by its owner, unless the account needs it', async () => {
    const { identity } = await withTotp(bench, 'remover');
    const loose = await bench.identityOf(
      await signIn('remover', codeAt((await replaced(identity)).secret, bench.now)),
    );
    expect(await refusal(strict.factors.removeTotp(loose))).toBe('AccessRefused last-way-in');
    await bench.access.factors.removeTotp(loose);
    expect(await refusal(signIn('remover'))).toBe('none');
    expect(await refusal(bench.access.factors.removeTotp(loose))).toBe('AccessRefused absent');
  });

  /** Another generator in the place of the one before, which holds until then. */
  const replaced = async (identity: Member['identity']) => {
    const made = await bench.access.factors.enrolTotp(identity);
    await bench.access.factors.confirmTotp(identity, codeAt(made.secret, bench.now));
    bench.pass(60_000);
    return made;
  };
});

describe('an account that needs a second factor and has none', () => {
  it.each([
    ['by password', 'administrator' as const, () => bench.access],
    ['by password, beyond loopback', 'student' as const, () => strict],
  ])('signs in %s to set one up, and to nothing else', async (name, role, access) => {
    const login = `needs-${role}`;
    await withPassword(bench, login, { grants: { projects: [{ role, projectId: '*' }] } });
    const signedIn = await signIn(login, undefined, access());
    expect(name).toContain(signedIn.proof);
    const identify = (by: { cookie: string }) =>
      access().identify({ cookie: by.cookie.split(';')[0] }, ADDRESS, bench.now);
    const limited = (await identify(signedIn))!;
    expect(limited).toMatchObject({ projects: [], patients: [], brokenGlass: [] });
    expect((await access().own.read(limited)).mustAddFactor).toBe(true);
    expect(await refusal(access().accounts.list(limited))).toBe('AccessRefused not-allowed');
    expect(await refusal(access().tokens.create(limited, { name: 'x', scopes: ['read'], days: 1 }))).toBe(
      'AccessRefused not-allowed',
    );

    const { secret } = await access().factors.enrolTotp(limited);
    const full = await access().factors.confirmTotp(limited, codeAt(secret, bench.now));
    expect(full.proof).toBe('password+totp');
    expect(await identify(signedIn)).toBeUndefined();
    const identity = (await identify(full))!;
    expect(identity.projects).toEqual([{ role, projectId: '*' }]);
    expect((await access().own.read(identity)).mustAddFactor).toBe(false);
    bench.pass(60_000);
    expect(await refusal(signIn(login, undefined, access()))).toBe('SignInRefused');
    expect(await refusal(signIn(login, codeAt(secret, bench.now), access()))).toBe('none');
  });

  it('is invited by a link: password and second factor first, beyond loopback', async () => {
    const { accountId } = await bench.access.accounts.create(SYSTEM, {
      login: 'invited',
      displayName: 'Invited',
      grants: { patients: [], ...STUDENT },
    });
    const { link } = await bench.access.issueSignInLink(SYSTEM, accountId);
    const identify = (by: { cookie: string }) =>
      strict.identify({ cookie: by.cookie.split(';')[0] }, ADDRESS, bench.now);
    let identity = (await identify(await strict.signIn.link({ link }, FROM)))!;
    expect(identity.projects).toEqual([]);
    identity = (await identify(await strict.factors.changePassword(identity, { password: PASSWORD })))!;
    expect(identity.projects).toEqual([]);
    const { secret } = await strict.factors.enrolTotp(identity);
    identity = (await identify(await strict.factors.confirmTotp(identity, codeAt(secret, bench.now))))!;
    expect(identity.projects).toEqual(STUDENT.projects);
  });

  it('does not add a second beside the first by its password alone', async () => {
    // Signed in where none was needed, and none was there; now one is there, and needed.
    const member = await withPassword(bench, 'beside');
    const before = await signIn('beside');
    const { secret } = await bench.access.factors.enrolTotp(member.identity);
    await bench.access.factors.confirmTotp(member.identity, codeAt(secret, bench.now));
    const limited = (await strict.identify({ cookie: before.cookie.split(';')[0] }, ADDRESS, bench.now))!;
    expect(limited.projects).toEqual([]);
    expect(await refusal(strict.factors.enrolTotp(limited))).toBe('AccessRefused sign-in-again');
    expect(await refusal(strict.passkeys.registrationOptions(limited))).toBe('AccessRefused sign-in-again');
  });

  it('a link does not go round a second factor that is there', async () => {
    const { accountId, secret } = await withTotp(bench, 'no-detour');
    const link = async () => (await bench.access.issueSignInLink(SYSTEM, accountId)).link;
    expect(await refusal(strict.signIn.link({ link: await link() }, FROM))).toBe('SignInRefused');
    expect(await refusal(strict.signIn.link({ link: await link(), code: '000000' }, FROM))).toBe(
      'SignInRefused',
    );
    const code = codeAt(secret, bench.now);
    expect((await strict.signIn.link({ link: await link(), code }, FROM)).proof).toBe('link+totp');
    // Who lost it is helped by an administrator, and is then as new.
    await bench.access.accounts.resetFactors(SYSTEM, accountId);
    expect(await refusal(signIn('no-detour'))).toBe('SignInRefused');
    expect((await strict.signIn.link({ link: await link() }, FROM)).proof).toBe('link');
  });
});

describe('the password', () => {
  it('is changed with the present one, and every other session ends', async () => {
    await withPassword(bench, 'changer');
    const [here, there] = [await signIn('changer'), await signIn('changer')];
    const identity = await bench.identityOf(here);
    const change = (current: string | undefined, password: string) =>
      bench.access.factors.changePassword(identity, {
        password,
        ...(current === undefined ? {} : { current }),
      });
    expect(await refusal(change(PASSWORD, 'short'))).toBe('AccessRefused weak-password');
    expect(await refusal(change('wrong', 'eight louder otters'))).toBe('AccessRefused not-allowed');
    expect(await refusal(change(undefined, 'eight louder otters'))).toBe('AccessRefused not-allowed');
    expect(await bench.identityOf(there)).toBeDefined();
    const renewed = await change(PASSWORD, 'eight louder otters');
    expect(await bench.identityOf(here)).toBeUndefined();
    expect(await bench.identityOf(there)).toBeUndefined();
    expect(await bench.identityOf(renewed)).toBeDefined();
    expect(await refusal(signIn('changer'))).toBe('SignInRefused');
  });

  it('guessed from an open session locks like a guess at sign-in', async () => {
    await withPassword(bench, 'open-screen');
    const identity = await bench.identityOf(await signIn('open-screen'));
    const change = (current: string) =>
      refusal(bench.access.factors.changePassword(identity, { current, password: 'eight louder otters' }));
    for (let i = 0; i < 5; i++) expect(await change('wrong')).toBe('AccessRefused not-allowed');
    expect(await change(PASSWORD)).toBe('AccessRefused not-allowed');
    expect(await refusal(signIn('open-screen'))).toBe('SignInRefused');
  });

  it('and every factor are changed in the first minutes of a session only', async () => {
    const { identity } = await withPassword(bench, 'stale');
    bench.pass(FRESH_MS + 1000);
    const { factors, passkeys } = bench.access;
    for (const work of [
      () => factors.changePassword(identity, { current: PASSWORD, password: 'eight louder otters' }),
      () => factors.enrolTotp(identity),
      () => factors.confirmTotp(identity, '000000'),
      () => factors.removeTotp(identity),
      () => passkeys.registrationOptions(identity),
      () => passkeys.remove(identity, 'x'),
    ])
      expect(await refusal(work())).toBe('AccessRefused sign-in-again');
  });
});
