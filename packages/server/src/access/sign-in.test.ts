import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADDRESS,
  type Bench,
  cookieHeader,
  FROM,
  openBench,
  PASSWORD,
  refusal,
  STARTUP_MS,
  SYSTEM,
  withPassword,
} from './access.testing.ts';
import { openAccess } from './access.ts';
import { lockMs } from './sign-in.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await bench.administrator();
}, STARTUP_MS);
afterAll(() => bench.close());

const MINUTE = 60_000;
const attempt = (login: string, password: string, code?: string) =>
  bench.access.signIn.password({ login, password, ...(code === undefined ? {} : { code }) }, FROM);

describe('sign-in by password', () => {
  it('opens a session, whatever the case of the name', async () => {
    const { accountId } = await withPassword(bench, 'anna');
    const signedIn = await attempt(' Anna ', PASSWORD);
    expect(signedIn).toMatchObject({ accountId, proof: 'password' });
    const identity = await bench.identityOf(signedIn);
    expect(identity).toMatchObject({
      kind: 'person',
      accountId,
      actor: `account:${accountId}`,
      address: ADDRESS,
      projects: [{ role: 'student', projectId: 'default' }],
    });
  });

  it('refuses unknown, mistyped, disabled, locked and passwordless accounts with one and the same fault', async () => {
    await withPassword(bench, 'disabled-one');
    await bench.member('passwordless');
    await withPassword(bench, 'locked-one');
    const all = await bench.access.accounts.list(SYSTEM);
    const id = (login: string) => all.find((a) => a.login === login)!.accountId;
    await bench.access.accounts.edit(SYSTEM, id('disabled-one'), { disabled: true });
    for (let i = 0; i < 5; i++) await refusal(attempt('locked-one', 'wrong'));
    const faults = new Set<string>();
    for (const [login, password] of [
      ['nobody-here', PASSWORD],
      ['', PASSWORD],
      ['\u0000', PASSWORD],
      ["x' or '1'='1", PASSWORD],
      ['anna', 'wrong'],
      ['anna', ''],
      ['disabled-one', PASSWORD],
      ['passwordless', ''],
      ['locked-one', PASSWORD],
    ])
      await attempt(login, password).catch((error: Error) => {
        faults.add(JSON.stringify({ ...error, name: error.name, message: error.message }));
      });
    expect([...faults]).toEqual(['{"name":"SignInRefused","message":"Sign-in failed."}']);
  });

  it('locks after five failures, for longer each time, and forgets them at success', async () => {
    await withPassword(bench, 'bernd');
    for (let i = 0; i < 5; i++) expect(await refusal(attempt('bernd', 'wrong'))).toBe('SignInRefused');
    expect(await refusal(attempt('bernd', PASSWORD))).toBe('SignInRefused');
    bench.pass(lockMs(5) + 1);
    await refusal(attempt('bernd', 'wrong'));
    bench.pass(lockMs(5) + 1);
    expect(await refusal(attempt('bernd', PASSWORD))).toBe('SignInRefused');
    bench.pass(lockMs(6));
    expect(await refusal(attempt('bernd', PASSWORD))).toBe('none');
    for (let i = 0; i < 4; i++) await refusal(attempt('bernd', 'wrong'));
    expect(await refusal(attempt('bernd', PASSWORD))).toBe('none');
    expect([1, 4, 5, 6, 7, 40].map(lockMs)).toEqual([0, 0, 30_000, 60_000, 120_000, 900_000]);
  });

  it('counts guesses that come at once', async () => {
    await withPassword(bench, 'clara');
    await Promise.all(Array.from({ length: 12 }, () => refusal(attempt('clara', 'wrong'))));
    const [row] = await bench.database.query<{ failures: number }>(
      "select failures from account where login = 'clara'",
    );
    expect(row.failures).toBe(5);
  });

  it('is refused when the password changes, or the account is disabled, while it is being checked', async () => {
    const { accountId } = await withPassword(bench, 'overtaken');
    for (const meanwhile of ['disabled_at = now()', "password_hash = 'another'"]) {
      await bench.database.query('update account set disabled_at = null where account_id = $1', [accountId]);
      let transactions = 0;
      const overtaken = bench.another(
        {},
        {
          ...bench.database,
          transaction: async (work) => {
            transactions += 1;
            if (transactions === 2)
              await bench.database.query(`update account set ${meanwhile} where account_id = $1`, [
                accountId,
              ]);
            return bench.database.transaction(work);
          },
        },
      );
      const given = { login: 'overtaken', password: PASSWORD };
      expect(await refusal(overtaken.signIn.password(given, FROM))).toBe('SignInRefused');
      expect(transactions).toBe(2);
    }
  });

  it('hashes anew when the parameters have changed since', async () => {
    const { accountId } = await withPassword(bench, 'dora');
    const weak = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1 });
    await bench.database.query('update account set password_hash = $2 where account_id = $1', [
      accountId,
      weak,
    ]);
    await attempt('dora', PASSWORD);
    const [row] = await bench.database.query<{ password_hash: string }>(
      'select password_hash from account where account_id = $1',
      [accountId],
    );
    expect(row.password_hash).toContain('$m=19456,t=2,p=1$');
    expect(await refusal(attempt('dora', PASSWORD))).toBe('none');
  });

  it('gives a new secret each time and ends the session that the browser came with', async () => {
    await withPassword(bench, 'emil');
    const first = await attempt('emil', PASSWORD);
    const secret = cookieHeader(first.cookie).cookie.split('=')[1];
    // Fixation: a secret that an attacker has planted before the sign-in is not the one after it.
    const planted = 'A'.repeat(43);
    const second = await bench.access.signIn.password(
      { login: 'emil', password: PASSWORD },
      { address: ADDRESS, replaces: secret },
    );
    const third = await bench.access.signIn.password(
      { login: 'emil', password: PASSWORD },
      { address: ADDRESS, replaces: planted },
    );
    expect(new Set([first.cookie, second.cookie, third.cookie]).size).toBe(3);
    expect(third.cookie).not.toContain(planted);
    expect(await bench.identityOf(first)).toBeUndefined();
    expect(await bench.identityOf(second)).toBeDefined();
    expect(
      await bench.access.identify({ cookie: `__Host-promontory=${planted}` }, ADDRESS, bench.now),
    ).toBeUndefined();
  });

  it('is refused to an address that failed too often, and the rest go on', async () => {
    const strict = bench.another({ signInLimit: { burst: 3, perMinute: 1 } });
    const from = { address: '198.51.100.9' };
    const guess = () => refusal(strict.signIn.password({ login: 'nobody-here', password: 'x' }, from));
    const before = (await bench.audit()).length;
    expect([await guess(), await guess(), await guess(), await guess(), await guess()]).toEqual([
      'SignInRefused',
      'SignInRefused',
      'SignInRefused',
      'TooManyAttempts',
      'TooManyAttempts',
    ]);
    const written = (await bench.audit()).slice(before);
    expect(written.map((e) => JSON.parse(e.body).detail.reason)).toEqual([
      'unknown',
      'unknown',
      'unknown',
      'too-many-attempts',
    ]);
    expect(await refusal(strict.signIn.password({ login: 'anna', password: PASSWORD }, FROM))).toBe('none');
  });

  it('is audited, with nothing in it that was typed', async () => {
    const typedByMistake = 'my-secret-password-as-name';
    const before = (await bench.audit()).length;
    await refusal(attempt(typedByMistake, 'canary-password'));
    await refusal(attempt('anna', 'canary-password'));
    const signedIn = await attempt('anna', PASSWORD);
    const written = (await bench.audit()).slice(before);
    expect(written.map(({ action, outcome, actor }) => [action, outcome, actor])).toEqual([
      ['sign-in', 'refused', 'nobody'],
      ['sign-in', 'refused', `account:${signedIn.accountId}`],
      ['sign-in', 'success', `account:${signedIn.accountId}`],
    ]);
    const bodies = (await bench.audit()).map((e) => e.body).join('\n');
    const secret = cookieHeader(signedIn.cookie).cookie.split('=')[1];
    for (const hidden of [typedByMistake, 'canary-password', PASSWORD, secret, '$argon2id'])
      expect(bodies).not.toContain(hidden);
  });
});

describe('sign-in by link', () => {
  const linkFor = async (login: string) => {
    const { accountId } = await bench.access.accounts.create(SYSTEM, { login, displayName: login });
    return bench.access.issueSignInLink(SYSTEM, accountId);
  };

  it('holds once', async () => {
    const { link, accountId } = await linkFor('link-once');
    expect((await bench.access.signIn.link({ link }, FROM)).accountId).toBe(accountId);
    expect(await refusal(bench.access.signIn.link({ link }, FROM))).toBe('SignInRefused');
  });

  it('holds once also for two that come at once', async () => {
    const { link } = await linkFor('link-race');
    const both = await Promise.all([1, 2].map(() => refusal(bench.access.signIn.link({ link }, FROM))));
    expect(both.sort()).toEqual(['SignInRefused', 'none']);
  });

  it('holds one hour', async () => {
    const { link } = await linkFor('link-late');
    bench.pass(60 * MINUTE);
    expect(await refusal(bench.access.signIn.link({ link }, FROM))).toBe('SignInRefused');
  });

  it('ends with a newer one, with its account, and is not made for a disabled one', async () => {
    const { link, accountId } = await linkFor('link-old');
    const newer = await bench.access.issueSignInLink(SYSTEM, accountId);
    expect(await refusal(bench.access.signIn.link({ link }, FROM))).toBe('SignInRefused');
    await bench.access.accounts.edit(SYSTEM, accountId, { disabled: true });
    expect(await refusal(bench.access.signIn.link({ link: newer.link }, FROM))).toBe('SignInRefused');
    expect(await refusal(bench.access.issueSignInLink(SYSTEM, accountId))).toBe('AccessRefused absent');
    // Enabling it again does not bring the link back.
    await bench.access.accounts.edit(SYSTEM, accountId, { disabled: false });
    expect(await refusal(bench.access.signIn.link({ link: newer.link }, FROM))).toBe('SignInRefused');
  });

  it('is nothing that can be made up', async () => {
    for (const link of ['', 'x', 'A'.repeat(43), '../../x', 'A'.repeat(100_000)])
      expect(await refusal(bench.access.signIn.link({ link }, FROM))).toBe('SignInRefused');
  });

  it('stands in the database as a hash only, like every secret', async () => {
    const { link } = await linkFor('link-hash');
    const rows = await bench.database.query('select * from sign_in_link');
    expect(JSON.stringify(rows)).not.toContain(link);
  });
});

it('a key that is no AES-256 key is refused at the start', () => {
  expect(() =>
    openAccess(
      {
        database: bench.database,
        clock: () => bench.now,
        random: (n) => new Uint8Array(n),
        sealKey: new Uint8Array(16),
      },
      { origin: () => 'https://x.example', requireSecondFactor: true },
    ),
  ).toThrow('32 bytes');
});
