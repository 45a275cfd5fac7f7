/** A whole access over a real database, with a clock that the test turns. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import { type Database, openPostgres } from '../ports/database/index.ts';
import { migrate } from '../schema/index.ts';
import { type Access, openAccess } from './access.ts';
import type { Grants } from './grants.ts';
import type { From } from './ground.ts';
import { type Identity, systemIdentity } from './identity.ts';
import type { AccessSettings } from './ports.ts';
import type { SignedIn } from './sessions.ts';

/** The database is compiled when it starts: slow on a busy machine. */
export const STARTUP_MS = 60_000;
export const ADDRESS = '192.0.2.7';
export const FROM: From = { address: ADDRESS };
export const SYSTEM = systemIdentity('system');
export const PASSWORD = 'seven quiet otters';
export const ORIGIN = 'https://archive.example';

/** PGlite in memory, or a database of its own on the server that `PROMONTORY_TEST_POSTGRES` names. */
export async function testDatabase(): Promise<Database> {
  const url = process.env.PROMONTORY_TEST_POSTGRES;
  if (url === undefined) {
    const database = await openTestPglite();
    await migrate(database);
    return database;
  }
  const name = `access_${randomUUID().replaceAll('-', '')}`;
  const server = openPostgres(url, 1);
  await server.script(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const database = openPostgres(own.href);
  await migrate(database);
  return {
    ...database,
    close: async () => {
      await database.close();
      await server.script(`drop database ${name}`);
      await server.close();
    },
  };
}

export interface Bench {
  readonly database: Database;
  readonly access: Access;
  now: Date;
  /** Turns the clock on. */
  pass(ms: number): void;
  /** Another server process over the same database. */
  another(settings?: Partial<AccessSettings>, over?: Database): Access;
  audit(): Promise<{ action: string; outcome: string; actor: string; body: string }[]>;
  /** The first administrator, signed in by the link. */
  administrator(): Promise<Member>;
  /** A new account, signed in by a link. */
  member(login: string, grants?: Partial<Grants>): Promise<Member>;
  identityOf(signedIn: SignedIn): Promise<Identity>;
  close(): Promise<void>;
}

export interface Member {
  readonly accountId: string;
  readonly identity: Identity;
  readonly headers: { readonly cookie: string };
}

/** As a browser sends back what it was told to keep. */
export const cookieHeader = (setCookie: string): { cookie: string } => ({ cookie: setCookie.split(';')[0] });

export async function openBench(settings: Partial<AccessSettings> = {}): Promise<Bench> {
  const database = await testDatabase();
  const sealKey = randomBytes(32);
  const another = (more: Partial<AccessSettings> = {}, over = database) =>
    openAccess(
      { database: over, clock: () => bench.now, random: randomBytes, sealKey },
      {
        origin: () => ORIGIN,
        requireSecondFactor: false,
        signInLimit: { burst: 1000, perMinute: 1000 },
        ...settings,
        ...more,
      },
    );
  const signedIn = async (link: string): Promise<Member> => {
    const by = await bench.access.signIn.link({ link }, FROM);
    return {
      accountId: by.accountId,
      identity: await bench.identityOf(by),
      headers: cookieHeader(by.cookie),
    };
  };
  const bench: Bench = {
    database,
    now: new Date('2026-03-02T08:00:00Z'),
    access: undefined as unknown as Access,
    another,
    pass(ms) {
      this.now = new Date(this.now.getTime() + ms);
    },
    audit: () => database.query('select action, outcome, actor, body from audit_event order by seq'),
    administrator: async () => signedIn((await bench.access.bootstrap())!.link),
    async member(login, grants = {}) {
      const { accountId } = await this.access.accounts.create(SYSTEM, {
        login,
        displayName: login,
        grants: { projects: [], patients: [], ...grants },
      });
      return signedIn((await this.access.issueSignInLink(SYSTEM, accountId)).link);
    },
    async identityOf(by) {
      return (await this.access.identify(cookieHeader(by.cookie), ADDRESS, this.now))!;
    },
    close: () => database.close(),
  };
  return Object.assign(bench, { access: another() });
}

/** What was thrown, by its name and code. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    const { name, code } = error as { name: string; code?: string };
    return code === undefined ? name : `${name} ${code}`;
  }
}

const STUDENT: Partial<Grants> = { projects: [{ role: 'student', projectId: 'default' }] };

/** A new account with a password, and the session that setting it opened. */
export async function withPassword(
  bench: Bench,
  login: string,
  { password = PASSWORD, grants = STUDENT }: { password?: string; grants?: Partial<Grants> } = {},
): Promise<Member> {
  const member = await bench.member(login, grants);
  const signedIn = await bench.access.factors.changePassword(member.identity, { password });
  return { ...member, identity: await bench.identityOf(signedIn) };
}

/** The same with a second factor; a minute and a half later, so that the next code is another. */
export async function withTotp(bench: Bench, login: string): Promise<Member & { readonly secret: string }> {
  const member = await withPassword(bench, login);
  const { secret } = await bench.access.factors.enrolTotp(member.identity);
  const signedIn = await bench.access.factors.confirmTotp(member.identity, codeAt(secret, bench.now));
  bench.pass(90_000);
  return { ...member, secret, identity: await bench.identityOf(signedIn) };
}

/** What an authenticator shows. */
export const codeAt = (secret: string, at: Date): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.getTime() });
