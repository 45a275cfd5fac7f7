/** Who asks, how they sign in, and what they are given: one object, made once. */
import { type Accounts, accountsOn } from './accounts.ts';
import { attemptsBy } from './attempts.ts';
import { type BreakGlass, breakGlassOn } from './break-glass.ts';
import { deleteOldChallenges, deleteOldLinks, deleteOldSessions } from './challenge-rows.ts';
import { groundOn } from './ground.ts';
import { type Identifier, identifierOn } from './identify.ts';
import { type Links, linksOn } from './links.ts';
import { type OwnAccount, ownAccountOn } from './own-account.ts';
import { type OwnFactors, ownFactorsOn } from './own-factors.ts';
import { type Passkeys, passkeysOn } from './passkeys.ts';
import { argon2idPasswords } from './password.ts';
import type { AccessPorts, AccessSettings } from './ports.ts';
import { type Projects, projectsOn } from './projects.ts';
import { type Provider, providerOn } from './provider.ts';
import { type RecoveryCodes, recoveryCodesOn } from './recovery-codes.ts';
import { type Sessions, sessionsOn } from './sessions.ts';
import { type SignIn, signInOn } from './sign-in.ts';
import { type Tokens, tokensOn } from './tokens.ts';

export interface Access extends Pick<Identifier, 'identify' | 'changed'>, Links {
  readonly settings: AccessSettings;
  readonly signIn: SignIn;
  readonly passkeys: Passkeys;
  /** Where the hospital's own login is set up. */
  readonly provider?: Provider;
  readonly sessions: Sessions;
  readonly own: OwnAccount;
  readonly factors: OwnFactors;
  readonly recoveryCodes: RecoveryCodes;
  readonly tokens: Tokens;
  readonly accounts: Accounts;
  readonly projects: Projects;
  readonly breakGlass: BreakGlass;
  /** Takes away what has been over for long; once an hour is enough. */
  clearUp(): Promise<void>;
}

const SIGN_INS = { burst: 20, perMinute: 10 };
/** Challenges are cheap, but each is a row for some minutes. */
const CHALLENGES = { burst: 60, perMinute: 30 };
/** Sessions and links that ended stay this long, for who asks what happened. */
const KEEP_MS = 30 * 86_400_000;

/** @throws Error where a setting cannot be used */
export function openAccess(ports: AccessPorts, settings: AccessSettings): Access {
  const identifier = identifierOn(ports, settings);
  const ground = groundOn(ports, settings, () => identifier.forget());
  const passwords = argon2idPasswords(ports.random);
  const attempts = attemptsBy(settings.signInLimit ?? SIGN_INS);
  const asked = attemptsBy(CHALLENGES);
  return {
    settings,
    identify: identifier.identify,
    changed: identifier.changed,
    ...linksOn(ground),
    signIn: signInOn(ground, passwords, attempts),
    passkeys: passkeysOn(ground, attempts, asked),
    ...(settings.provider === undefined
      ? {}
      : { provider: providerOn(ground, settings.provider, attempts, asked) }),
    sessions: sessionsOn(ground),
    own: ownAccountOn(ground),
    factors: ownFactorsOn(ground, passwords),
    recoveryCodes: recoveryCodesOn(ground),
    tokens: tokensOn(ground),
    accounts: accountsOn(ground),
    projects: projectsOn(ground),
    breakGlass: breakGlassOn(ground),
    clearUp: () =>
      ground.change(async (sql, now) => {
        const before = new Date(now.getTime() - KEEP_MS);
        await deleteOldChallenges(sql, now);
        await deleteOldSessions(sql, before);
        await deleteOldLinks(sql, before);
      }),
  };
}
