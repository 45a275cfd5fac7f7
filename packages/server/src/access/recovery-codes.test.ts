import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Bench,
  codeAt,
  FROM,
  type Member,
  withPassword as memberWithPassword,
  withTotp as memberWithTotp,
  openBench,
  PASSWORD,
  refusal,
  STARTUP_MS,
  SYSTEM,
} from './access.testing.ts';
import { softwareAuthenticator } from './authenticator.testing.ts';
import { newRecoveryCode, recoveryCodeOf } from './recovery-code.ts';
import { FRESH_MS } from './sessions.ts';

const ORIGIN = 'https://archive.example';
const STUDENT = { projects: [{ role: 'student' as const, projectId: 'default' }] };
let bench: Bench;
let strict: Bench['access'];
let number = 0;
beforeAll(async () => {
  bench = await openBench();
  await bench.administrator();
  strict = bench.another({ requireSecondFactor: true });
}, STARTUP_MS);
afterAll(() => bench.close());

const signIn = (login: string, code?: string, access = bench.access, from = FROM) =>
  access.signIn.password({ login, password: PASSWORD, ...(code === undefined ? {} : { code }) }, from);

type Signed = Member & { readonly login: string };

const nextLogin = (): string => {
  number += 1;
  return `person-${number}`;
};
async function withPassword(): Promise<Signed> {
  const login = nextLogin();
  return { ...(await memberWithPassword(bench, login)), login };
}
async function withTotp(): Promise<Signed & { readonly secret: string }> {
  const login = nextLogin();
  return { ...(await memberWithTotp(bench, login)), login };
}
async function addPasskey(member: Signed): Promise<Signed & { readonly passkeyId: string }> {
  const { passkeys } = bench.access;
  const device = softwareAuthenticator(ORIGIN);
  const options = await passkeys.registrationOptions(member.identity);
  const made = await passkeys.register(member.identity, { name: 'Key', response: device.create(options) });
  return {
    ...member,
    passkeyId: made.passkey.passkeyId,
    identity: await bench.identityOf(made.signedIn),
  };
}
const withPasskey = async () => addPasskey(await withPassword());
const renew = ({ identity }: Signed) => bench.access.recoveryCodes.renew(identity);
const left = async ({ accountId }: Signed): Promise<number | undefined> =>
  (await bench.access.accounts.list(SYSTEM)).find((account) => account.accountId === accountId)?.factors
    .recoveryCodes;

describe('a recovery code', () => {
  it('has 120 bits that are read from paper however they are typed', () => {
    const code = newRecoveryCode(randomBytes);
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
    const meant = code.replaceAll('-', '');
    const ways = [
      code,
      meant,
      code.toLowerCase(),
      ` ${code.replaceAll('-', ' ')} `,
      code.replaceAll('-', '–'),
    ];
    for (const way of ways) expect(recoveryCodeOf(way)).toBe(meant);
    expect(recoveryCodeOf('OIlo-0000-0000-0000-0000-0000')).toBe('011000000000000000000000');
    for (const none of ['', '000000', `${code}0`, code.slice(1), code.replace(/^./, 'U'), `${code}\0`])
      expect(recoveryCodeOf(none)).toBeUndefined();
  });

  it('comes out of every 24 random bytes, another for others in the bits that count', () => {
    const bytes = fc.uint8Array({ minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const [one, other] = [a, b].map((given) => newRecoveryCode(() => given));
        expect(recoveryCodeOf(one as string)).toBe((one as string).replaceAll('-', ''));
        expect(one === other).toBe(a.every((byte, i) => byte % 32 === (b[i] as number) % 32));
      }),
    );
  });

  it('is never mistaken for anything else that people type', () => {
    fc.assert(fc.property(fc.string({ maxLength: 23 }), (typed) => recoveryCodeOf(typed) === undefined));
  });
});

describe('recovery codes', () => {
  it('stand in for the authenticator app, each once', async () => {
    const member = await withTotp();
    const codes = await renew(member);
    expect(new Set(codes).size).toBe(10);
    const [first, second] = codes as [string, string];
    expect((await signIn(member.login, first)).proof).toBe('password+recovery');
    expect(await refusal(signIn(member.login, first))).toBe('SignInRefused');
    expect((await signIn(member.login, second.toLowerCase(), strict)).proof).toBe('password+recovery');
    expect(await left(member)).toBe(8);
    // The app holds on.
    bench.pass(60_000);
    expect((await signIn(member.login, codeAt(member.secret, bench.now))).proof).toBe('password+totp');
  });

  it('once also for two that come at once', async () => {
    const member = await withTotp();
    const [code] = await renew(member);
    const both = await Promise.all([1, 2].map(() => refusal(signIn(member.login, code))));
    expect(both.sort()).toEqual(['SignInRefused', 'none']);
  });

  it('stand in for a passkey beside the password, where that alone would not do', async () => {
    const member = await withPasskey();
    const [code] = await renew(member);
    expect(await refusal(signIn(member.login, undefined, strict))).toBe('SignInRefused');
    const signedIn = await signIn(member.login, code, strict);
    expect(signedIn.proof).toBe('password+recovery');
    const identity = (await strict.identify({ cookie: signedIn.cookie.split(';')[0] }, '', bench.now))!;
    expect(identity.projects).toEqual(STUDENT.projects);
    // What was lost can be replaced, and taken away.
    expect(await refusal(strict.factors.enrolTotp(identity))).toBe('none');
    expect(await refusal(strict.passkeys.registrationOptions(identity))).toBe('none');
  });

  it('stand in beside a link, too, and never alone', async () => {
    const member = await withTotp();
    const [first, second] = await renew(member);
    const link = async () => (await bench.access.issueSignInLink(SYSTEM, member.accountId)).link;
    expect((await strict.signIn.link({ link: await link(), code: first as string }, FROM)).proof).toBe(
      'link+recovery',
    );
    const wrong = { login: member.login, password: 'not this one', code: second as string };
    expect(await refusal(bench.access.signIn.password(wrong, FROM))).toBe('SignInRefused');
    expect(await left(member)).toBe(9);
  });

  it('of another account, of the set before, or made up, open nothing', async () => {
    const [member, other] = [await withTotp(), await withTotp()];
    const before = await renew(member);
    const [theirs] = await renew(other);
    const now = await renew(member);
    for (const code of [theirs, before[0], newRecoveryCode(randomBytes)])
      expect(await refusal(signIn(member.login, code))).toBe('SignInRefused');
    expect(await refusal(signIn(member.login, now[0]))).toBe('none');
  });

  it('guessed lock the account as wrong passwords do, and cost the address', async () => {
    const member = await withTotp();
    const [code] = await renew(member);
    for (let i = 0; i < 5; i++) await refusal(signIn(member.login, newRecoveryCode(randomBytes)));
    expect(await refusal(signIn(member.login, code))).toBe('SignInRefused');
    expect(await left(member)).toBe(10);
    bench.pass(16 * 60_000);
    expect(await refusal(signIn(member.login, code))).toBe('none');
    const limited = bench.another({ signInLimit: { burst: 2, perMinute: 1 } });
    const guesses = [];
    for (let i = 0; i < 3; i++)
      guesses.push(await refusal(signIn(member.login, newRecoveryCode(randomBytes), limited)));
    expect(guesses).toEqual(['SignInRefused', 'SignInRefused', 'TooManyAttempts']);
  });

  it('need a second factor, go with the last one, and with a reset', async () => {
    const bare = await withPassword();
    expect(await refusal(renew(bare))).toBe('AccessRefused invalid');

    const both = await addPasskey(await withTotp());
    await renew(both);
    await bench.access.factors.removeTotp(both.identity);
    expect(await left(both)).toBe(10);
    await bench.access.passkeys.remove(both.identity, both.passkeyId);
    expect(await left(both)).toBe(0);

    const member = await withTotp();
    const [code] = await renew(member);
    await bench.access.factors.removeTotp(member.identity);
    expect(await left(member)).toBe(0);
    const reset = await withTotp();
    await renew(reset);
    await bench.access.accounts.resetFactors(SYSTEM, reset.accountId);
    expect(await left(reset)).toBe(0);
    expect((await signIn(member.login, code)).proof).toBe('password');
  });

  it('are made by a person who signed in a moment ago, with all that the account asks', async () => {
    const member = await withTotp();
    const { token } = await bench.access.tokens.create(member.identity, {
      name: 'x',
      scopes: ['read'],
      days: 1,
    });
    const program = (await bench.access.identify({ authorization: `Bearer ${token}` }, '', bench.now))!;
    expect(await refusal(bench.access.recoveryCodes.renew(program))).toBe('AccessRefused not-allowed');
    // A session by password alone, from before the app was there.
    const early = await withPassword();
    const before = await signIn(early.login);
    const { secret } = await bench.access.factors.enrolTotp(early.identity);
    await bench.access.factors.confirmTotp(early.identity, codeAt(secret, bench.now));
    const weak = (await strict.identify({ cookie: before.cookie.split(';')[0] }, '', bench.now))!;
    expect(await refusal(strict.recoveryCodes.renew(weak))).toBe('AccessRefused sign-in-again');
    bench.pass(FRESH_MS + 1000);
    expect(await refusal(renew(member))).toBe('AccessRefused sign-in-again');
  });

  it('stand in the audit when made and used, and nowhere in the open', async () => {
    const member = await withTotp();
    const codes = await renew(member);
    await signIn(member.login, codes[3]);
    const events = (await bench.audit())
      .slice(-3)
      .map(({ body, action }) => ({ action, ...JSON.parse(body) }));
    const { accountId } = member;
    expect(events).toMatchObject([
      { action: 'account-change', detail: { change: 'recovery-codes-made', account: accountId, codes: 10 } },
      { action: 'account-change', detail: { change: 'recovery-code-used', account: accountId, left: 9 } },
      { action: 'sign-in', outcome: 'success', detail: { method: 'password', proof: 'password+recovery' } },
    ]);
    const kept = JSON.stringify([
      await bench.database.query('select * from recovery_code'),
      await bench.audit(),
      await bench.access.accounts.list(SYSTEM),
      await bench.access.own.read(member.identity),
    ]);
    for (const code of codes) {
      expect(kept).not.toContain(code);
      expect(kept).not.toContain(code.replaceAll('-', ''));
    }
  });

  it('moved to another account in the database open nothing there', async () => {
    const [thief, victim] = [await withTotp(), await withTotp()];
    const [code] = await renew(thief);
    await bench.database.query('update recovery_code set account_id = $2 where account_id = $1', [
      thief.accountId,
      victim.accountId,
    ]);
    expect(await refusal(signIn(victim.login, code))).toBe('SignInRefused');
  });
});
