import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Bench,
  FROM,
  type Member,
  openBench,
  PASSWORD,
  refusal,
  STARTUP_MS,
  SYSTEM,
} from './access.testing.ts';
import { loginOf, titleOf } from './names.ts';

let bench: Bench;
let admin: Member;
beforeAll(async () => {
  bench = await openBench();
  admin = await bench.administrator();
}, STARTUP_MS);
afterAll(() => bench.close());
const lastEvent = async () => JSON.parse((await bench.audit()).at(-1)!.body);

describe('the first administrator', () => {
  it(
    'is made once, by a link, without any password',
    async () => {
      const fresh = await openBench();
      const first = (await fresh.access.bootstrap())!;
      expect(first.expiresAt.getTime() - fresh.now.getTime()).toBe(3_600_000);
      const [account, ...others] = await fresh.access.accounts.list(SYSTEM);
      expect(others).toEqual([]);
      expect(account).toMatchObject({
        accountId: first.accountId,
        login: 'administrator',
        factors: { password: false, totp: false, passkeys: 0, recoveryCodes: 0 },
        projects: [{ role: 'administrator', projectId: '*' }],
      });
      for (const password of ['', 'admin', 'administrator', 'password'])
        expect(await refusal(fresh.access.signIn.password({ login: 'administrator', password }, FROM))).toBe(
          'SignInRefused',
        );

      // Not used in time: the next start gives another, for the same account.
      fresh.pass(30 * 60_000);
      const second = (await fresh.access.bootstrap())!;
      expect(second.accountId).toBe(first.accountId);
      expect(await refusal(fresh.access.signIn.link({ link: first.link }, FROM))).toBe('SignInRefused');
      const signedIn = await fresh.access.signIn.link({ link: second.link }, FROM);
      const identity = await fresh.identityOf(signedIn);
      expect((await fresh.access.own.read(identity)).deeds).toContain('administer');

      await fresh.access.factors.changePassword(identity, { password: PASSWORD });
      expect(await fresh.access.bootstrap()).toBeUndefined();
      expect((await fresh.access.administrators()).map((a) => a.accountId)).toEqual([first.accountId]);
      await fresh.close();
    },
    STARTUP_MS,
  );

  it(
    'is made by one of two servers that start at once',
    async () => {
      const fresh = await openBench();
      const made = await Promise.all([fresh.access.bootstrap(), fresh.another().bootstrap()]);
      expect(new Set(made.map((m) => m?.accountId)).size).toBe(1);
      await fresh.close();
    },
    STARTUP_MS,
  );
});

describe('accounts', () => {
  it('are made, listed, renamed and disabled by an administrator, and audited', async () => {
    const { accounts } = bench.access;
    const made = await accounts.create(admin.identity, { login: 'Anna.Berg', displayName: ' Anna   Berg ' });
    expect(made).toMatchObject({
      login: 'anna.berg',
      displayName: 'Anna Berg',
      disabled: false,
      projects: [],
    });
    expect(await lastEvent()).toMatchObject({
      action: 'account-change',
      actor: admin.identity.actor,
      address: '192.0.2.7',
      detail: { change: 'created', account: made.accountId },
    });
    const edited = await accounts.edit(admin.identity, made.accountId, { login: 'anna', disabled: true });
    expect(edited).toMatchObject({ login: 'anna', displayName: 'Anna Berg', disabled: true });
    expect((await lastEvent()).detail.fields).toEqual(['login', 'disabled']);
    expect((await accounts.list(admin.identity)).find((a) => a.accountId === made.accountId)).toEqual(edited);
  });

  it('have names of their own', async () => {
    const { accounts } = bench.access;
    const make = (login: string, displayName = 'X') =>
      refusal(accounts.create(admin.identity, { login, displayName }));
    expect(await make('taken')).toBe('none');
    const before = (await bench.audit()).length;
    expect(await make('TAKEN ')).toBe('AccessRefused taken');
    for (const login of ['', 'x', '-x', 'a b', 'ünal', 'a\u0000b', '../x', 'x'.repeat(65), 'аdmin'])
      expect(await make(login), login).toBe('AccessRefused invalid');
    expect(await make('fine', 'a\u202eb')).toBe('AccessRefused invalid');
    const other = await accounts.create(admin.identity, { login: 'other', displayName: 'Other' });
    expect(await refusal(accounts.edit(admin.identity, other.accountId, { login: 'taken' }))).toBe(
      'AccessRefused taken',
    );
    // What was not done is not in the audit.
    expect((await bench.audit()).length).toBe(before + 1);
    expect(loginOf('A@Example.org')).toBe('a@example.org');
    expect(titleOf('x'.repeat(121))).toBeUndefined();
  });

  it('that are not there are absent', async () => {
    const { accounts } = bench.access;
    for (const id of ['x', '00000000-0000-4000-8000-000000000000', "'; drop table account; --"]) {
      expect(await refusal(accounts.edit(admin.identity, id, {}))).toBe('AccessRefused absent');
      expect(await refusal(accounts.setGrants(admin.identity, id, { projects: [], patients: [] }))).toBe(
        'AccessRefused absent',
      );
      expect(await refusal(accounts.resetFactors(admin.identity, id))).toBe('AccessRefused absent');
      expect(await refusal(bench.access.issueSignInLink(admin.identity, id))).toBe('AccessRefused absent');
    }
  });

  it('keep one administrator', async () => {
    const { accounts } = bench.access;
    const own = admin.accountId;
    expect(await refusal(accounts.edit(admin.identity, own, { disabled: true }))).toBe(
      'AccessRefused last-administrator',
    );
    const none = { projects: [], patients: [] };
    expect(await refusal(accounts.setGrants(admin.identity, own, none))).toBe(
      'AccessRefused last-administrator',
    );
    // Over one project is not over the server.
    const partly = { projects: [{ role: 'administrator' as const, projectId: 'default' }], patients: [] };
    expect(await refusal(accounts.setGrants(admin.identity, own, partly))).toBe(
      'AccessRefused last-administrator',
    );
    expect(await refusal(accounts.resetFactors(admin.identity, own))).toBe('AccessRefused not-allowed');
    const second = await bench.member('second', { projects: [{ role: 'administrator', projectId: '*' }] });
    // Each holds where the other could have come between: without a lock both would go.
    let waiting = 0;
    const together = bench.another(
      {},
      {
        ...bench.database,
        transaction: (work) =>
          bench.database.transaction((sql) =>
            work({
              query: async (text, values) => {
                if (text.includes('set disabled_at')) {
                  waiting += 1;
                  for (let i = 0; waiting < 2 && i < 20; i++) await new Promise((go) => setTimeout(go, 10));
                }
                return sql.query(text, values);
              },
            }),
          ),
      },
    ).accounts;
    const both = await Promise.all([
      refusal(together.edit(admin.identity, second.accountId, { disabled: true })),
      refusal(together.edit(second.identity, own, { disabled: true })),
    ]);
    expect(both.sort()).toEqual(['AccessRefused last-administrator', 'none']);
    for (const { accountId } of await accounts.list(SYSTEM))
      if (accountId === own) await accounts.edit(SYSTEM, own, { disabled: false });
    admin = {
      ...admin,
      identity: await bench.identityOf(
        await bench.access.signIn.link(
          { link: (await bench.access.issueSignInLink(SYSTEM, own)).link },
          FROM,
        ),
      ),
    };
  });

  it('are given what an administrator says, over projects and patients', async () => {
    const { accounts, projects } = bench.access;
    await projects.create(admin.identity, { projectId: 'trial', title: 'Trial' });
    const { accountId } = await bench.member('given');
    const grants = {
      projects: [
        { role: 'researcher' as const, projectId: 'trial' },
        { role: 'student' as const, projectId: 'default' },
      ],
      patients: [{ role: 'physiotherapist' as const, patientKey: 'ISSUER\\123' }],
    };
    expect(await accounts.setGrants(admin.identity, accountId, grants)).toMatchObject(grants);
    expect(await lastEvent()).toMatchObject({
      patientKey: 'ISSUER\\123',
      detail: { change: 'patient-granted', account: accountId, role: 'physiotherapist' },
    });
    const before = (await bench.audit()).length;
    await accounts.setGrants(admin.identity, accountId, grants);
    expect((await bench.audit()).length).toBe(before);
    const fewer = { projects: [grants.projects[0]], patients: [] };
    expect(await accounts.setGrants(admin.identity, accountId, fewer)).toMatchObject(fewer);
    const events = (await bench.audit()).slice(before).map((e) => JSON.parse(e.body));
    expect(events.map((e) => e.detail.removed ?? e.detail.change)).toEqual([
      ['student default'],
      'patient-withdrawn',
    ]);
    const set = (projects_: object[], patients: object[] = []) =>
      refusal(accounts.setGrants(admin.identity, accountId, { projects: projects_, patients } as never));
    expect(await set([{ role: 'student', projectId: 'no-such' }])).toBe('AccessRefused invalid');
    expect(await set([], [{ role: 'administrator', patientKey: 'P' }])).toBe('AccessRefused invalid');
    expect(await set([], [{ role: 'student', patientKey: '' }])).toBe('AccessRefused invalid');
  });

  it('of who administers a part, or nothing, change nothing; each try is audited', async () => {
    const partly = await bench.member('partly', {
      projects: [{ role: 'administrator', projectId: 'default' }],
    });
    const reader = await bench.member('reader', { projects: [{ role: 'radiologist', projectId: '*' }] });
    const { access } = bench;
    for (const { identity, accountId } of [partly, reader])
      for (const work of [
        () => access.accounts.list(identity),
        () => access.accounts.create(identity, { login: 'sneaked', displayName: 'X' }),
        () => access.accounts.edit(identity, admin.accountId, { disabled: true }),
        () =>
          access.accounts.setGrants(identity, accountId, {
            projects: [{ role: 'administrator', projectId: '*' }],
            patients: [],
          }),
        () => access.accounts.resetFactors(identity, admin.accountId),
        () => access.issueSignInLink(identity, admin.accountId),
        () => access.projects.create(identity, { projectId: 'sneaked', title: 'X' }),
      ]) {
        const before = (await bench.audit()).length;
        expect(await refusal(work())).toBe('AccessRefused not-allowed');
        expect((await bench.audit()).slice(before)).toMatchObject([
          { action: 'refusal', outcome: 'refused', actor: identity.actor },
        ]);
      }
    expect((await access.accounts.list(SYSTEM)).some((a) => a.login === 'sneaked')).toBe(false);
  });

  it('are not opened by a token, even an administrator’s', async () => {
    const { token } = await bench.access.tokens.create(admin.identity, {
      name: 'automation',
      scopes: ['administer'],
      days: 1,
    });
    const identity = (await bench.access.identify(
      { authorization: `Bearer ${token}` },
      '192.0.2.7',
      bench.now,
    ))!;
    const made = await bench.access.accounts.create(identity, { login: 'automated', displayName: 'X' });
    expect(await refusal(bench.access.issueSignInLink(identity, made.accountId))).toBe(
      'AccessRefused not-allowed',
    );
    expect(await refusal(bench.access.accounts.resetFactors(identity, made.accountId))).toBe(
      'AccessRefused not-allowed',
    );
    const { accountId } = identity as { accountId: string };
    for (const subject of ['somebody', null])
      expect(await refusal(bench.access.accounts.edit(identity, accountId, { subject }))).toBe(
        'AccessRefused not-allowed',
      );
    expect(await bench.access.accounts.edit(identity, made.accountId, { disabled: true })).toMatchObject({
      disabled: true,
    });
  });
});

describe('projects', () => {
  it('are listed to those who have a role in them', async () => {
    const { projects } = bench.access;
    await projects.create(admin.identity, { projectId: 'teaching', title: 'Teaching' });
    const teacher = await bench.member('teacher', { projects: [{ role: 'teacher', projectId: 'teaching' }] });
    const nobody = await bench.member('nobody');
    expect(await projects.list(teacher.identity)).toEqual([{ projectId: 'teaching', title: 'Teaching' }]);
    expect(await projects.list(nobody.identity)).toEqual([]);
    expect((await projects.list(admin.identity)).map((p) => p.projectId)).toContain('default');
  });

  it('have ids of their own', async () => {
    const make = (projectId: string) =>
      refusal(bench.access.projects.create(admin.identity, { projectId, title: 'X' }));
    expect(await make('default')).toBe('AccessRefused taken');
    for (const id of ['', '*', 'A', 'a b', '../x', '-a', 'a-', 'x'.repeat(65)])
      expect(await make(id)).toBe('AccessRefused invalid');
  });
});

it('the audit’s chain holds all of it, in the order of the commits', async () => {
  const rows = await bench.database.query<{ seq: number; previous: string; hash: string }>(
    'select seq, previous, hash from audit_event order by seq',
  );
  expect(rows.length).toBeGreaterThan(30);
  rows.forEach((row, i) => {
    expect(Number(row.seq)).toBe(i + 1);
    expect(row.previous).toBe(i === 0 ? '' : rows[i - 1].hash);
  });
});

it('clearing up takes what is long over and leaves what holds', async () => {
  const member = await bench.member('kept');
  await bench.access.passkeys.signInOptions(FROM);
  await bench.access.clearUp();
  expect(await bench.access.identify(member.headers, '192.0.2.7', bench.now)).toBeDefined();
  bench.pass(31 * 86_400_000);
  await bench.access.clearUp();
  for (const table of ['session', 'challenge', 'sign_in_link'])
    expect(await bench.database.query(`select 1 from ${table}`), table).toEqual([]);
});
