import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADDRESS,
  type Bench,
  type Member,
  openBench,
  refusal,
  STARTUP_MS,
  SYSTEM,
} from './access.testing.ts';
import { storesInto } from './identify.ts';
import { IDLE_MS, LONGEST_MS } from './sessions.ts';

let bench: Bench;
let anna: Member;
let bernd: Member;
const MINUTE = 60_000;
const CLINIC = { projects: [{ role: 'radiologist' as const, projectId: 'default' }] };
beforeAll(async () => {
  bench = await openBench();
  await bench.administrator();
  anna = await bench.member('anna', CLINIC);
  bernd = await bench.member('bernd', CLINIC);
}, STARTUP_MS);
afterAll(() => bench.close());

const identify = (headers: Record<string, string>, access = bench.access) =>
  access.identify(headers, ADDRESS, bench.now);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const newToken = (member: Member, scopes: ('search' | 'read' | 'store')[] = ['search', 'read']) =>
  bench.access.tokens.create(member.identity, { name: 'gateway', scopes, days: 30 });

describe('sessions', () => {
  it('end when nobody used them for half an hour, and hold while somebody does', async () => {
    const member = await bench.member('idle', CLINIC);
    for (let i = 0; i < 10; i++) {
      bench.pass(IDLE_MS - MINUTE);
      expect(await identify(member.headers)).toBeDefined();
    }
    bench.pass(IDLE_MS);
    expect(await identify(member.headers)).toBeUndefined();
    expect(await identify(member.headers)).toBeUndefined();
  });

  it('are not kept alive by being asked about, and are by use meanwhile', async () => {
    const ask = (headers: Record<string, string>) =>
      bench.access.identify(headers, ADDRESS, bench.now, 'standing');
    const listener = await bench.member('listener', CLINIC);
    const user = await bench.member('user', CLINIC);
    for (let at = 0; at < IDLE_MS; at += MINUTE / 2) {
      bench.pass(MINUTE / 2);
      // Asked so shortly before that what it brought is remembered when the request comes.
      expect(await ask(user.headers)).toMatchObject({ actor: user.identity.actor });
      if (at % MINUTE === 0) expect(await identify(user.headers)).toBeDefined();
      if (at < IDLE_MS - 2 * MINUTE) expect(await ask(listener.headers)).toBeDefined();
    }
    bench.pass(MINUTE);
    expect(await ask(listener.headers)).toBeUndefined();
    expect(await identify(listener.headers)).toBeUndefined();
    expect(await identify(user.headers)).toBeDefined();
  });

  it('tell of every change of this process, so that who listens can be judged anew', async () => {
    const member = await bench.member('told', CLINIC);
    let told = 0;
    const stop = bench.access.changed(() => {
      told += 1;
    });
    await bench.access.sessions.signOut({
      address: ADDRESS,
      replaces: member.headers.cookie.split('=')[1],
    });
    expect(told).toBe(1);
    expect(await bench.access.identify(member.headers, ADDRESS, bench.now, 'standing')).toBeUndefined();
    stop();
    await bench.member('after', CLINIC);
    expect(told).toBe(1);
  });

  it('end after twelve hours in any case', async () => {
    const member = await bench.member('long-day', CLINIC);
    for (let t = 0; t + 20 * MINUTE < LONGEST_MS; t += 20 * MINUTE) {
      bench.pass(20 * MINUTE);
      expect(await identify(member.headers)).toBeDefined();
    }
    bench.pass(20 * MINUTE);
    expect(await identify(member.headers)).toBeUndefined();
  });

  it('end at sign-out at once, remembered or not', async () => {
    const member = await bench.member('leaver', CLINIC);
    expect(await identify(member.headers)).toBeDefined();
    const secret = member.headers.cookie.split('=')[1];
    await bench.access.sessions.signOut({ address: ADDRESS, replaces: secret });
    expect(await identify(member.headers)).toBeUndefined();
  });

  it('of a disabled account are over, here at once, in another process within five seconds', async () => {
    const member = await bench.member('disabled', CLINIC);
    const other = bench.another();
    expect(await identify(member.headers, other)).toBeDefined();
    expect(await identify(member.headers)).toBeDefined();
    await bench.access.accounts.edit(SYSTEM, member.accountId, { disabled: true });
    expect(await identify(member.headers)).toBeUndefined();
    bench.pass(5_000);
    expect(await identify(member.headers, other)).toBeUndefined();
    // Whichever way it was disabled.
    const second = await bench.member('disabled-by-hand', CLINIC);
    await bench.database.query('update account set disabled_at = now() where account_id = $1', [
      second.accountId,
    ]);
    bench.pass(5_000);
    expect(await identify(second.headers)).toBeUndefined();
    // Enabled again, they stay over.
    await bench.access.accounts.edit(SYSTEM, member.accountId, { disabled: false });
    expect(await identify(member.headers)).toBeUndefined();
  });

  it('that were read before a change and come back after it are not remembered', async () => {
    const member = await bench.member('raced', CLINIC);
    let held: (() => void) | undefined;
    const slow = bench.another(
      {},
      {
        ...bench.database,
        query: async (text, values) => {
          const rows = await bench.database.query<never>(text, values);
          if (text.includes('from session s')) await new Promise<void>((go) => (held = go));
          return rows;
        },
      },
    );
    const early = identify(member.headers, slow);
    await expect.poll(() => held).toBeDefined();
    await slow.accounts.edit(SYSTEM, member.accountId, { disabled: true });
    held?.();
    await early;
    held = undefined;
    const late = identify(member.headers, slow);
    await expect.poll(() => held).toBeDefined();
    held!();
    expect(await late).toBeUndefined();
  });

  it('follow the grants as they are now', async () => {
    const member = await bench.member('promoted', CLINIC);
    await identify(member.headers);
    await bench.access.accounts.setGrants(SYSTEM, member.accountId, {
      projects: [],
      patients: [{ role: 'student', patientKey: 'P1' }],
    });
    expect(await identify(member.headers)).toMatchObject({
      projects: [],
      patients: [{ role: 'student', patientKey: 'P1' }],
    });
  });

  it('are not found by anything but their secret', async () => {
    for (const cookie of [
      '',
      'x',
      '__Host-promontory=',
      `__Host-promontory=${'A'.repeat(43)}`,
      `promontory=${anna.headers.cookie.split('=')[1]}`,
    ])
      expect(await identify({ cookie })).toBeUndefined();
    expect(await identify({})).toBeUndefined();
  });

  it('are listed to their owner and ended by their owner, never by another', async () => {
    const annas = await bench.member('anna-two', CLINIC);
    const [own] = await bench.access.sessions.list(annas.identity);
    expect(own).toMatchObject({ current: true, proof: 'link', address: ADDRESS });
    expect((await bench.access.sessions.list(bernd.identity)).map((s) => s.sessionId)).not.toContain(
      own.sessionId,
    );
    expect(await refusal(bench.access.sessions.end(bernd.identity, own.sessionId))).toBe(
      'AccessRefused absent',
    );
    expect(await refusal(bench.access.sessions.end(bernd.identity, 'x'))).toBe('AccessRefused absent');
    expect(await identify(annas.headers)).toBeDefined();
    await bench.access.sessions.end(annas.identity, own.sessionId);
    expect(await identify(annas.headers)).toBeUndefined();
  });

  it('a role that this version does not know gives nothing', async () => {
    const member = await bench.member('future', CLINIC);
    await bench.database.query("update role_grant set role = 'chief' where account_id = $1", [
      member.accountId,
    ]);
    bench.pass(6_000);
    expect((await identify(member.headers))?.projects).toEqual([]);
  });
});

describe('API tokens', () => {
  it('identify their account within their scopes, and tell their secret once', async () => {
    const made = await newToken(anna);
    expect(made.token).toMatch(/^prm_[A-Za-z0-9_-]{43}$/);
    expect(await identify(bearer(made.token))).toMatchObject({
      kind: 'token',
      actor: `token:${made.tokenId}`,
      accountId: anna.accountId,
      scopes: ['search', 'read'],
      projects: CLINIC.projects,
    });
    const listed = await bench.access.tokens.list(anna.identity);
    expect(JSON.stringify(listed)).not.toContain(made.token);
    expect(JSON.stringify(await bench.database.query('select * from api_token'))).not.toContain(made.token);
    expect((await bench.audit()).map((e) => e.body).join()).not.toContain(made.token.slice(4));
  });

  it('may not be given what the account may not, nor breaking glass, nor forever', async () => {
    const make = (scopes: string[], days = 1) =>
      refusal(bench.access.tokens.create(anna.identity, { name: 'x', scopes: scopes as never, days }));
    expect(await make(['administer'])).toBe('AccessRefused not-allowed');
    expect(await make(['read', 'erase'])).toBe('AccessRefused not-allowed');
    for (const ofPersons of ['break-glass', 'review', 'sign'] as const)
      expect(await make([ofPersons])).toBe('AccessRefused not-allowed');
    expect(await make(['no-such-deed'])).toBe('AccessRefused not-allowed');
    expect(await make([])).toBe('AccessRefused invalid');
    expect(await make(['read'], 367)).toBe('AccessRefused invalid');
    expect(await make(['read'], 0)).toBe('AccessRefused invalid');
  });

  it('narrow with their account', async () => {
    const member = await bench.member('narrowed', CLINIC);
    const { token } = await newToken(member);
    await bench.access.accounts.setGrants(SYSTEM, member.accountId, { projects: [], patients: [] });
    expect(await identify(bearer(token))).toMatchObject({ projects: [], patients: [] });
    await bench.access.accounts.edit(SYSTEM, member.accountId, { disabled: true });
    expect(await identify(bearer(token))).toBeUndefined();
  });

  it('expire', async () => {
    const { token } = await newToken(anna);
    bench.pass(30 * 86_400_000 - 1000);
    expect(await identify(bearer(token))).toBeDefined();
    bench.pass(1000);
    // Remembered a second ago, and over all the same.
    expect(await identify(bearer(token))).toBeUndefined();
  });

  it('are listed and revoked by their owner alone', async () => {
    const [a, b] = [await bench.member('owner', CLINIC), await bench.member('stranger', CLINIC)];
    const made = await newToken(a);
    expect(await bench.access.tokens.list(b.identity)).toEqual([]);
    expect(await refusal(bench.access.tokens.revoke(b.identity, made.tokenId))).toBe('AccessRefused absent');
    expect(await identify(bearer(made.token))).toBeDefined();
    await bench.access.tokens.revoke(a.identity, made.tokenId);
    expect(await identify(bearer(made.token))).toBeUndefined();
    expect(await refusal(bench.access.tokens.revoke(a.identity, made.tokenId))).toBe('AccessRefused absent');
    expect(await bench.access.tokens.list(a.identity)).toEqual([]);
  });

  it('make no tokens, end no sessions and change no password', async () => {
    const owner = await bench.member('programmed', CLINIC);
    const { token } = await newToken(owner);
    const identity = (await identify(bearer(token)))!;
    const { access } = bench;
    for (const work of [
      () => access.tokens.create(identity, { name: 'x', scopes: ['read'], days: 1 }),
      () => access.tokens.list(identity),
      () => access.sessions.list(identity),
      () => access.sessions.endOthers(identity),
      () => access.factors.changePassword(identity, { password: 'seven other otters' }),
      () => access.factors.enrolTotp(identity),
      () => access.passkeys.registrationOptions(identity),
      () => access.breakGlass(identity, { studyUid: '1.2.3', reason: 'unconscious patient' }),
    ])
      expect(await refusal(work())).toBe('AccessRefused not-allowed');
    expect((await bench.audit()).at(-1)).toMatchObject({
      action: 'refusal',
      outcome: 'refused',
      actor: identity.actor,
    });
  });

  it('are sent as Bearer and in no other way', async () => {
    const owner = await bench.member('sender', CLINIC);
    const { token } = await newToken(owner);
    expect(await identify({ authorization: `bearer ${token}` })).toBeDefined();
    for (const authorization of [
      token,
      `Basic ${Buffer.from(`sender:${token}`).toString('base64')}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(4)}`,
      'Bearer',
      `Bearer ${token} ${token}`,
    ])
      expect(await identify({ authorization, ...owner.headers })).toBeUndefined();
    expect(await identify({ cookie: `__Host-promontory=${token}` })).toBeUndefined();
  });
});

describe('broken glass', () => {
  const reason = 'Unconscious after a fall, cauda equina suspected';

  it('opens a study for an hour, there or not, and says so in the audit', async () => {
    const member = await bench.member('emergency', CLINIC);
    const before = (await bench.audit()).length;
    const opened = await bench.access.breakGlass(member.identity, {
      studyUid: '1.2.840.1',
      reason: ` ${reason} `,
    });
    expect(opened).toEqual({ studyUid: '1.2.840.1', expiresAt: new Date(bench.now.getTime() + 3_600_000) });
    const [event] = (await bench.audit()).slice(before);
    expect(event).toMatchObject({ action: 'break-glass', outcome: 'success', actor: member.identity.actor });
    expect(JSON.parse(event.body)).toMatchObject({ studyUid: '1.2.840.1', detail: { reason } });
    expect((await identify(member.headers))?.brokenGlass).toEqual(['1.2.840.1']);
    for (let i = 0; i < 3; i++) {
      bench.pass(20 * MINUTE - 1000);
      expect((await identify(member.headers))?.brokenGlass).toEqual(['1.2.840.1']);
    }
    bench.pass(3000);
    expect((await identify(member.headers))?.brokenGlass).toEqual([]);
  });

  it('is gone with the role that may', async () => {
    const member = await bench.member('former', CLINIC);
    await bench.access.breakGlass(member.identity, { studyUid: '1.2.3', reason });
    await bench.access.accounts.setGrants(SYSTEM, member.accountId, {
      projects: [{ role: 'student', projectId: 'default' }],
      patients: [],
    });
    expect((await identify(member.headers))?.brokenGlass).toEqual([]);
  });

  it('is not for a role over one patient, whatever role: neither of that patient nor of another', async () => {
    const member = await bench.member('family-doctor', {
      projects: [{ role: 'student', projectId: 'default' }],
      patients: [{ role: 'surgeon', patientKey: '|P-1' }],
    });
    const given = { studyUid: '1.2.840.7', reason };
    expect(await refusal(bench.access.breakGlass(member.identity, given))).toBe('AccessRefused not-allowed');
    const event = (await bench.audit()).at(-1)!;
    expect(event).toMatchObject({ action: 'break-glass', outcome: 'refused', actor: member.identity.actor });
    expect(JSON.parse(event.body)).toMatchObject({ studyUid: '1.2.840.7', detail: { reason } });
    expect((await identify(member.headers))?.brokenGlass).toEqual([]);
    // With the same role over a project, one may.
    await bench.access.accounts.setGrants(SYSTEM, member.accountId, {
      projects: [{ role: 'surgeon', projectId: 'default' }],
      patients: [{ role: 'surgeon', patientKey: '|P-1' }],
    });
    const now = (await identify(member.headers))!;
    await bench.access.breakGlass(now, given);
    expect((await identify(member.headers))?.brokenGlass).toEqual(['1.2.840.7']);
    // And what was opened closes with it.
    await bench.access.accounts.setGrants(SYSTEM, member.accountId, {
      projects: [],
      patients: [{ role: 'surgeon', patientKey: '|P-1' }],
    });
    expect((await identify(member.headers))?.brokenGlass).toEqual([]);
  });

  it('is not for roles without the deed, nor without a reason or a UID', async () => {
    const student = await bench.member('student', { projects: [{ role: 'student', projectId: '*' }] });
    const open = (member: Member, studyUid: string, why: string) =>
      refusal(bench.access.breakGlass(member.identity, { studyUid, reason: why }));
    expect(await open(student, '1.2.3', reason)).toBe('AccessRefused not-allowed');
    expect((await bench.audit()).at(-1)).toMatchObject({ action: 'break-glass', outcome: 'refused' });
    const doctor = await bench.member('doctor', CLINIC);
    expect(await open(doctor, '1.2.3', 'urgent')).toBe('AccessRefused invalid');
    expect(await open(doctor, '1.2.3', '  urgent          ')).toBe('AccessRefused invalid');
    expect(await open(doctor, '1.2.3', 'x'.repeat(501))).toBe('AccessRefused invalid');
    for (const uid of ['', '1..2', '../../x', '1.2.3\u0000', '1'.repeat(65), '1.2; drop table study'])
      expect(await open(doctor, uid, reason)).toBe('AccessRefused invalid');
  });
});

describe('where an identity stores into', () => {
  it('is its one project, and otherwise the default', () => {
    const at = (projectId: string, role: 'technician' | 'student' = 'technician') => ({ role, projectId });
    expect(storesInto([at('trial'), at('other', 'student')])).toBe('trial');
    expect(storesInto([at('trial'), at('other')])).toBe('default');
    expect(storesInto([at('*')])).toBe('default');
    expect(storesInto([at('trial', 'student')])).toBe('default');
    expect(storesInto([])).toBe('default');
  });
});
