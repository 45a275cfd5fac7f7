import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Bench, cookieHeader, FROM, openBench, refusal, STARTUP_MS, SYSTEM } from './access.testing.ts';
import { browse, startProvider, type TestProvider } from './provider.testing.ts';
import { localPath, PROVIDER_CALLBACK } from './provider.ts';
import type { Provisioning } from './provider-settings.ts';

const ORIGIN = 'http://127.0.0.1:3999';
const CALLBACK = ORIGIN + PROVIDER_CALLBACK;
const PROVISIONING: Provisioning = {
  claim: 'groups',
  roles: {
    radiology: [{ role: 'radiologist', projectId: '*' }],
    students: [{ role: 'student', projectId: 'default' }],
  },
};

let bench: Bench;
let hospital: TestProvider;
let access: Bench['access'];
let provisioning: Bench['access'];
beforeAll(async () => {
  // The package warns about in-memory storage, which is what a test wants.
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'info').mockImplementation(() => {});
  hospital = await startProvider(CALLBACK);
  const provider = {
    issuer: hospital.issuer,
    clientId: 'promontory',
    clientSecret: 'client-secret',
    title: 'Hospital',
  };
  bench = await openBench({ origin: () => ORIGIN, provider });
  access = bench.access;
  provisioning = bench.another({ provider: { ...provider, provisioning: PROVISIONING } });
  await bench.administrator();
  // The provider's clock is the machine's.
  bench.now = new Date();
}, STARTUP_MS);
afterAll(async () => {
  await bench.close();
  await hospital.close();
});
afterEach(() => {
  bench.now = new Date();
});

/** One sign-in, from the button to the answer; `bend` changes what the browser brings back. */
async function signIn(
  by: Bench['access'],
  bend: (back: { url: URL; cookie: string }) => void = () => {},
  to?: string,
) {
  const { location, cookie } = await by.provider!.start(to, FROM);
  const back = { url: new URL(await browse(location, CALLBACK)), ...cookieHeader(cookie) };
  bend(back);
  return by.provider!.finish(back.url.search, { cookie: back.cookie }, FROM);
}
const identify = async (by: Bench['access'], cookie: string) =>
  (await by.identify(cookieHeader(cookie), '192.0.2.7', bench.now))!;
const tied = async (login: string, sub: string) => {
  const { accountId } = await access.accounts.create(SYSTEM, {
    login,
    displayName: login,
    grants: { projects: [{ role: 'surgeon', projectId: 'default' }], patients: [] },
  });
  await access.accounts.edit(SYSTEM, accountId, { subject: sub });
  return accountId;
};
const lastReason = async () => JSON.parse((await bench.audit()).at(-1)!.body).detail.reason;

describe("the hospital's own login", () => {
  it('signs in who is tied to its subject, and goes on to where they came from', async () => {
    const accountId = await tied('anna', 'sub-anna');
    hospital.person = { sub: 'sub-anna' };
    const { signedIn, to } = await signIn(access, undefined, '/studies/1.2.3?series=2');
    expect(signedIn).toMatchObject({ accountId, proof: 'provider' });
    expect(to).toBe('/studies/1.2.3?series=2');
    expect((await identify(access, signedIn.cookie)).projects).toEqual([
      { role: 'surgeon', projectId: 'default' },
    ]);
  });

  it('asks with PKCE, state and nonce, and ties the answer to the browser', async () => {
    const { location, cookie } = await access.provider!.start(undefined, FROM);
    const query = new URL(location).searchParams;
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('response_type')).toBe('code');
    expect(query.get('redirect_uri')).toBe(CALLBACK);
    for (const name of ['state', 'nonce', 'code_challenge']) expect(query.get(name)).toMatch(/^[\w-]{43}$/);
    expect(cookie).toMatch(/^promontory-provider=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
    const rows = JSON.stringify(await bench.database.query('select * from challenge'));
    expect(rows).not.toContain(query.get('state'));
    expect(rows).not.toContain(query.get('nonce'));
  });

  it('refuses whom no account is tied to, whatever name they claim', async () => {
    hospital.person = { sub: 'sub-mallory', preferred_username: 'anna', groups: ['radiology'] };
    expect(await refusal(signIn(access))).toBe('SignInRefused');
    expect(await lastReason()).toBe('unknown');
  });

  it('refuses a disabled account', async () => {
    const accountId = await tied('disabled', 'sub-disabled');
    await access.accounts.edit(SYSTEM, accountId, { disabled: true });
    hospital.person = { sub: 'sub-disabled' };
    expect(await refusal(signIn(access))).toBe('SignInRefused');
  });

  it.each<[string, (back: { url: URL; cookie: string }) => void, string]>([
    ['without the cookie of its start', (back) => (back.cookie = ''), 'challenge'],
    ['in another browser', (back) => (back.cookie = `promontory-provider=${'A'.repeat(43)}`), 'challenge'],
    ['with another state', (back) => back.url.searchParams.set('state', 'A'.repeat(43)), 'challenge'],
    ['without a state', (back) => back.url.searchParams.delete('state'), 'challenge'],
    ['with another code', (back) => back.url.searchParams.set('code', 'A'.repeat(43)), 'provider'],
    ['without a code', (back) => back.url.searchParams.delete('code'), 'provider'],
    [
      "with another issuer's name",
      (back) => back.url.searchParams.set('iss', 'https://evil.example'),
      'provider',
    ],
    [
      'with a refusal',
      (back) => {
        back.url.searchParams.delete('code');
        back.url.searchParams.set('error', 'access_denied');
      },
      'provider',
    ],
  ])('refuses an answer %s', async (_what, bend, reason) => {
    hospital.person = { sub: 'sub-anna' };
    expect(await refusal(signIn(access, bend))).toBe('SignInRefused');
    expect(await lastReason()).toBe(reason);
  });

  it("refuses a code that was given in another's flow (its nonce and PKCE are not ours)", async () => {
    hospital.person = { sub: 'sub-anna' };
    const first = await access.provider!.start(undefined, FROM);
    const stolen = new URL(await browse(first.location, CALLBACK)).searchParams.get('code')!;
    expect(await refusal(signIn(access, (back) => back.url.searchParams.set('code', stolen)))).toBe(
      'SignInRefused',
    );
    expect(await lastReason()).toBe('provider');
  });

  it('takes each answer once, and within ten minutes', async () => {
    hospital.person = { sub: 'sub-anna' };
    const { location, cookie } = await access.provider!.start(undefined, FROM);
    const { search } = new URL(await browse(location, CALLBACK));
    const finish = () => access.provider!.finish(search, cookieHeader(cookie), FROM);
    expect(await refusal(finish())).toBe('none');
    expect(await refusal(finish())).toBe('SignInRefused');
    const late = await access.provider!.start(undefined, FROM);
    const back = new URL(await browse(late.location, CALLBACK));
    bench.pass(10 * 60_000);
    expect(await refusal(access.provider!.finish(back.search, cookieHeader(late.cookie), FROM))).toBe(
      'SignInRefused',
    );
  });

  it('knows a client without a secret, and refuses one with a wrong secret', async () => {
    hospital.person = { sub: 'sub-anna' };
    const by = (clientId: string, clientSecret?: string) =>
      bench.another({
        provider: {
          issuer: `${hospital.issuer}/`,
          clientId,
          title: 'X',
          ...(clientSecret === undefined ? {} : { clientSecret }),
        },
      });
    expect(await refusal(signIn(by('promontory-public')))).toBe('none');
    expect(await refusal(signIn(by('promontory', 'wrong-secret')))).toBe('SignInRefused');
  });

  it('takes the secret in the body where the provider asks for it there', async () => {
    const other = await startProvider(CALLBACK, ['client_secret_post', 'none']);
    const provider = {
      issuer: other.issuer,
      clientId: 'promontory',
      clientSecret: 'client-secret',
      title: 'X',
    };
    const by = bench.another({ provider });
    const { accountId } = await access.accounts.create(SYSTEM, { login: 'posted', displayName: 'Posted' });
    await by.accounts.edit(SYSTEM, accountId, { subject: 'sub-posted' });
    other.person = { sub: 'sub-posted' };
    try {
      expect((await signIn(by)).signedIn.accountId).toBe(accountId);
      // The same subject at another issuer is another person.
      hospital.person = { sub: 'sub-posted' };
      expect(await refusal(signIn(access))).toBe('SignInRefused');
    } finally {
      await other.close();
    }
  });

  it('that cannot be reached says so, and is asked again later', async () => {
    const away = bench.another({
      provider: { issuer: 'http://127.0.0.1:9', clientId: 'x', title: 'Away' },
    });
    expect(await refusal(away.provider!.start(undefined, FROM))).toBe('ProviderUnavailable');
    expect(await refusal(away.provider!.start(undefined, FROM))).toBe('ProviderUnavailable');
  });

  it('is reached by https beyond loopback, or the server does not start', () => {
    const provider = { issuer: 'http://login.hospital.example', clientId: 'x', title: 'X' };
    expect(() => bench.another({ provider })).toThrow('https:');
  });
});

describe('accounts made at the first sign-in', () => {
  it('have the roles that the claim maps to, now and at each sign-in', async () => {
    hospital.person = {
      sub: 'sub-new',
      preferred_username: 'New.One',
      name: 'New One',
      groups: ['radiology', 'x'],
    };
    const first = await signIn(provisioning);
    const { accountId } = first.signedIn;
    expect((await identify(provisioning, first.signedIn.cookie)).projects).toEqual([
      { role: 'radiologist', projectId: '*' },
    ]);
    const account = (await access.accounts.list(SYSTEM)).find((a) => a.accountId === accountId);
    expect(account).toMatchObject({ login: 'new.one', displayName: 'New One', provider: true });

    hospital.person = { ...hospital.person, groups: ['students'] };
    const second = await signIn(provisioning);
    expect(second.signedIn.accountId).toBe(accountId);
    expect((await identify(provisioning, second.signedIn.cookie)).projects).toEqual([
      { role: 'student', projectId: 'default' },
    ]);

    hospital.person = { ...hospital.person, groups: [] };
    expect(await refusal(signIn(provisioning))).toBe('SignInRefused');
    expect(await lastReason()).toBe('no-roles');
    expect(await identify(provisioning, second.signedIn.cookie)).toBeUndefined();
  });

  it.each([[[]], [undefined], [['unknown']], ['__proto__'], [['constructor']], [[{ radiology: true }]], [7]])(
    'are not made for groups %j',
    async (groups) => {
      hospital.person = { sub: `sub-none-${JSON.stringify(groups)}`, preferred_username: 'x.y', groups };
      expect(await refusal(signIn(provisioning))).toBe('SignInRefused');
      expect((await access.accounts.list(SYSTEM)).some((a) => a.login === 'x.y')).toBe(false);
    },
  );

  it('take nobody’s name', async () => {
    hospital.person = { sub: 'sub-thief', preferred_username: 'anna', groups: ['students'] };
    const { signedIn } = await signIn(provisioning);
    const accounts = await access.accounts.list(SYSTEM);
    expect(accounts.find((a) => a.accountId === signedIn.accountId)?.login).toBe(
      `provider-${signedIn.accountId}`,
    );
    expect(accounts.find((a) => a.login === 'anna')?.accountId).not.toBe(signedIn.accountId);
  });
});

describe('the path to go on to', () => {
  it.each([
    ['/', '/'],
    ['/studies?x=1#2', '/studies?x=1#2'],
    [undefined, '/'],
    ['', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/x\\y', '/'],
    ['https://evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/\n/evil.example', '/'],
    ['/ü', '/'],
    ['/"><script>', '/'],
    ['/a;url=//evil.example', '/'],
    ["/'", '/'],
  ])('%j becomes %s', (given, path) => expect(localPath(given)).toBe(path));
});
