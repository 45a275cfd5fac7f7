import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADDRESS,
  type Bench,
  FROM,
  type Member,
  ORIGIN,
  openBench,
  PASSWORD,
  refusal,
  STARTUP_MS,
  SYSTEM,
} from './access.testing.ts';
import { type Authenticator, type Bent, softwareAuthenticator } from './authenticator.testing.ts';

let bench: Bench;
const DOCTOR = { projects: [{ role: 'radiologist' as const, projectId: 'default' }] };
beforeAll(async () => {
  bench = await openBench();
  await bench.administrator();
}, STARTUP_MS);
afterAll(() => bench.close());

const register = async (member: Member, device: Authenticator, name = 'Laptop', bent: Bent = {}) => {
  const options = await bench.access.passkeys.registrationOptions(member.identity);
  return bench.access.passkeys.register(member.identity, { name, response: device.create(options, bent) });
};
const signIn = async (device: Authenticator, bent: Bent = {}, credential = device.credentials[0]) => {
  const options = await bench.access.passkeys.signInOptions(FROM);
  return bench.access.passkeys.signIn(device.get(options, credential, bent), FROM);
};
const withPasskey = async (login: string, counting = true) => {
  const device = softwareAuthenticator(ORIGIN, counting);
  const member = await bench.member(login, DOCTOR);
  const { signedIn } = await register(member, device);
  return { ...member, device, identity: await bench.identityOf(signedIn) };
};

describe('passkeys', () => {
  it('are made, and sign in without a name or password', async () => {
    const { device, accountId } = await withPasskey('anna');
    const signedIn = await signIn(device);
    expect(signedIn).toMatchObject({ accountId, proof: 'passkey' });
    expect((await bench.identityOf(signedIn)).projects).toEqual(DOCTOR.projects);
    const [row] = await bench.database.query(
      'select counter, transports, name from passkey where account_id = $1',
      [accountId],
    );
    expect(row).toMatchObject({ transports: ['internal'], name: 'Laptop' });
    expect(Number(row.counter)).toBe(1);
  });

  it('are asked for with the person verified, and named by the domain', async () => {
    const member = await bench.member('asker', DOCTOR);
    const options = await bench.access.passkeys.registrationOptions(member.identity);
    expect(options).toMatchObject({
      rp: { id: 'archive.example', name: 'Promontory' },
      user: { name: 'asker' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    expect(await bench.access.passkeys.signInOptions(FROM)).toMatchObject({
      rpId: 'archive.example',
      userVerification: 'required',
    });
  });

  it('that an account has are not gone round by its password or a link, where a second factor is needed', async () => {
    const strict = bench.another({ requireSecondFactor: true });
    const { accountId, identity } = await withPasskey('not-round');
    await bench.access.factors.changePassword(identity, { password: PASSWORD });
    const { link } = await bench.access.issueSignInLink(SYSTEM, accountId);
    expect(await refusal(strict.signIn.link({ link }, FROM))).toBe('SignInRefused');
    const given = { login: 'not-round', password: PASSWORD };
    expect(await refusal(strict.signIn.password(given, FROM))).toBe('SignInRefused');
    expect(await refusal(bench.access.signIn.password(given, FROM))).toBe('none');
  });

  it('count as a second factor where one is needed', async () => {
    const strict = bench.another({ requireSecondFactor: true });
    const { device } = await withPasskey('strict');
    const options = await strict.passkeys.signInOptions(FROM);
    const { cookie } = await strict.passkeys.signIn(device.get(options), FROM);
    const identity = await strict.identify({ cookie: cookie.split(';')[0] }, ADDRESS, bench.now);
    expect(identity?.projects).toEqual(DOCTOR.projects);
  });

  it.each<[string, Bent]>([
    ['another origin', { origin: 'https://archive.example.evil.example' }],
    ['another site', { rpId: 'evil.example' }],
    ['a registration', { type: 'webauthn.create' }],
    ['a challenge of its own', { challenge: 'AAAA' }],
    ['nobody verified', { userVerified: false }],
    ['another account', { userHandle: Buffer.alloc(16).toString('base64url') }],
    ['a made-up signature', { signature: Buffer.alloc(70) }],
    ['a counter that stands still', { counter: 1 }],
    ['a counter that goes back', { counter: 0 }],
  ])('are refused with %s', async (_what, bent) => {
    const { device } = await withPasskey(`bent-${Math.random().toString(36).slice(2)}`);
    await signIn(device);
    expect(await refusal(signIn(device, bent))).toBe('SignInRefused');
    expect(await refusal(signIn(device))).toBe('none');
  });

  it('that are unknown, and those of disabled accounts, are refused alike', async () => {
    const stranger = softwareAuthenticator(ORIGIN);
    stranger.create({ challenge: 'x', rp: { id: 'archive.example' }, user: { id: 'AAAA' } });
    expect(await refusal(signIn(stranger))).toBe('SignInRefused');
    const { device, accountId } = await withPasskey('gone');
    await bench.access.accounts.edit(SYSTEM, accountId, { disabled: true });
    expect(await refusal(signIn(device))).toBe('SignInRefused');
  });

  it('whose counter stays at zero, as synchronised ones do, go on', async () => {
    const { device } = await withPasskey('synchronised', false);
    expect(await refusal(signIn(device))).toBe('none');
    expect(await refusal(signIn(device))).toBe('none');
  });

  it('answer each challenge once, even with a wrong answer, and within five minutes', async () => {
    const { device } = await withPasskey('challenged');
    const { passkeys } = bench.access;
    const once = await passkeys.signInOptions(FROM);
    expect(await refusal(passkeys.signIn(device.get(once), FROM))).toBe('none');
    expect(await refusal(passkeys.signIn(device.get(once), FROM))).toBe('SignInRefused');
    const spoilt = await passkeys.signInOptions(FROM);
    const wrong = device.get(spoilt, device.credentials[0], { signature: Buffer.alloc(70) });
    expect(await refusal(passkeys.signIn(wrong, FROM))).toBe('SignInRefused');
    expect(await refusal(passkeys.signIn(device.get(spoilt), FROM))).toBe('SignInRefused');
    const late = await passkeys.signInOptions(FROM);
    bench.pass(5 * 60_000);
    expect(await refusal(passkeys.signIn(device.get(late), FROM))).toBe('SignInRefused');
  });

  it('do not register by a sign-in challenge, by another account’s, or without their person verified', async () => {
    const [a, b] = [await bench.member('reg-a', DOCTOR), await bench.member('reg-b', DOCTOR)];
    const device = softwareAuthenticator(ORIGIN);
    const { passkeys } = bench.access;
    const forA = await passkeys.registrationOptions(a.identity);
    const answer = (by: Member, options: Parameters<Authenticator['create']>[0], bent: Bent = {}) =>
      refusal(passkeys.register(by.identity, { name: 'x', response: device.create(options, bent) }));
    expect(await answer(b, forA)).toBe('AccessRefused invalid');
    expect(await answer(a, forA)).toBe('AccessRefused invalid');
    const { challenge } = await passkeys.signInOptions(FROM);
    expect(await answer(a, { ...forA, challenge })).toBe('AccessRefused invalid');
    const again = async () => passkeys.registrationOptions(a.identity);
    expect(await answer(a, await again(), { userVerified: false })).toBe('AccessRefused invalid');
    expect(await answer(a, await again(), { origin: 'http://archive.example' })).toBe(
      'AccessRefused invalid',
    );
    expect(await answer(a, await again(), { type: 'webauthn.get' })).toBe('AccessRefused invalid');
    expect(await passkeys.list(a.identity)).toEqual([]);
    expect(await answer(a, await again())).toBe('none');
  });

  it('are several, named, renamed and removed by their owner alone', async () => {
    const owner = await withPasskey('owner');
    const stranger = await withPasskey('stranger');
    const { passkeys } = bench.access;
    const phone = softwareAuthenticator(ORIGIN);
    const second = await register(owner, phone, 'Telephone');
    const identity = await bench.identityOf(second.signedIn);
    expect((await passkeys.list(identity)).map((p) => p.name)).toEqual(['Laptop', 'Telephone']);
    const { passkeyId } = second.passkey;
    expect(await refusal(passkeys.rename(stranger.identity, passkeyId, 'Mine'))).toBe('AccessRefused absent');
    expect(await refusal(passkeys.remove(stranger.identity, passkeyId))).toBe('AccessRefused absent');
    await passkeys.rename(identity, passkeyId, 'Old telephone');
    expect((await passkeys.list(identity)).map((p) => p.name)).toEqual(['Laptop', 'Old telephone']);
    expect(await refusal(signIn(phone))).toBe('none');
    await passkeys.remove(identity, passkeyId);
    expect(await refusal(signIn(phone))).toBe('SignInRefused');
    const [last] = await passkeys.list(identity);
    expect(await refusal(passkeys.remove(identity, last.passkeyId))).toBe('AccessRefused last-way-in');
    expect(await passkeys.list(identity)).toHaveLength(1);
  });

  it('are audited, the counter that went back by that name', async () => {
    const { device, accountId } = await withPasskey('audited');
    await signIn(device);
    const options = await Promise.all([1, 2].map(() => bench.access.passkeys.signInOptions(FROM)));
    const answers = options.map((o) => device.get(o, device.credentials[0], { counter: 7 }));
    // A key and its copy, at once: both pass the library's check, one the database's.
    const both = await Promise.all(answers.map((a) => refusal(bench.access.passkeys.signIn(a, FROM))));
    expect(both.sort()).toEqual(['SignInRefused', 'none']);
    const own = (await bench.audit())
      .filter((e) => e.body.includes(accountId))
      .map((e) => JSON.parse(e.body));
    expect(own.map((e) => e.detail.change ?? e.detail.reason ?? e.detail.method)).toContain('passkey-added');
    expect(own.filter((e) => e.outcome === 'refused')).toHaveLength(1);
  });
});
