/** Passkeys (W3C Web Authentication): made with the person verified by the device, so that one is two factors. */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { isUniqueViolation } from '../ports/database/index.ts';
import { accountById, lockAccount } from './account-rows.ts';
import type { Attempts } from './attempts.ts';
import { deleteOldChallenges, insertChallenge, takeChallenge } from './challenge-rows.ts';
import { concluded, type Refusal, takeAttempt } from './conclusion.ts';
import { AccessRefused } from './faults.ts';
import { accountChange, type From, type Ground } from './ground.ts';
import type { Identity } from './identity.ts';
import { titleOf } from './names.ts';
import { mayAddFactor } from './own-factors.ts';
import {
  deletePasskey,
  insertPasskey,
  type PasskeyRow,
  passkeyById,
  passkeysOf,
  passkeyUsed,
  renamePasskey,
} from './passkey-rows.ts';
import { hasWayIn, type Proof } from './proof.ts';
import { deleteRecoveryCodes } from './recovery-code-rows.ts';
import { hashSecret } from './secret.ts';
import { freshSession, renewSession, type SignedIn } from './sessions.ts';

const HOLDS_MS = 5 * 60_000;
/** More than anyone has devices; a bound on the options that list them. */
const MOST_PASSKEYS = 20;

export interface PasskeyEntry {
  readonly passkeyId: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly usedAt?: Date;
}

export interface Passkeys {
  list(identity: Identity): Promise<PasskeyEntry[]>;
  registrationOptions(identity: Identity): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** Ends this session and begins a new one, with all that the account may. @throws AccessRefused */
  register(
    identity: Identity,
    given: { name: string; response: RegistrationResponseJSON },
  ): Promise<{ passkey: PasskeyEntry; signedIn: SignedIn }>;
  rename(identity: Identity, passkeyId: string, name: string): Promise<void>;
  remove(identity: Identity, passkeyId: string): Promise<void>;
  /** Names no account: the browser knows which passkeys are for this site. @throws TooManyAttempts */
  signInOptions(from: From): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** @throws SignInRefused, TooManyAttempts */
  signIn(response: AuthenticationResponseJSON, from: From): Promise<SignedIn>;
}

const entry = (row: Pick<PasskeyRow, 'credential_id' | 'name' | 'created_at' | 'used_at'>): PasskeyEntry => ({
  passkeyId: row.credential_id,
  name: row.name,
  createdAt: row.created_at,
  ...(row.used_at === null ? {} : { usedAt: row.used_at }),
});

const userHandle = (accountId: string) => new Uint8Array(Buffer.from(accountId.replaceAll('-', ''), 'hex'));

/** @returns the challenge that an answer is to, before anything of it is believed */
function challengeIn(clientDataJSON: string): string | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
    const { challenge } = data as { challenge?: unknown };
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    return undefined;
  }
}

export function passkeysOn(ground: Ground, attempts: Attempts, asked: Attempts): Passkeys {
  const required = ground.settings.requireSecondFactor;
  const site = () => {
    const origin = ground.settings.origin();
    return { origin, rpID: new URL(origin).hostname };
  };
  const challenge = () => new Uint8Array(ground.random(32));
  const keep = (text: string, purpose: string, accountId?: string) =>
    ground.change(async (sql, now) => {
      await deleteOldChallenges(sql, now);
      await insertChallenge(sql, {
        hash: hashSecret(text),
        purpose,
        ...(accountId === undefined ? {} : { accountId }),
        until: new Date(now.getTime() + HOLDS_MS),
      });
    });
  /** Taken out in a transaction of its own: a wrong answer uses the challenge up, too. */
  const take = async (clientDataJSON: string, purpose: string) => {
    const text = challengeIn(clientDataJSON);
    if (text === undefined) return undefined;
    const row = await ground.change((sql, now) => takeChallenge(sql, hashSecret(text), purpose, now));
    return row === undefined ? undefined : { text, accountId: row.account_id };
  };

  return {
    async list(identity) {
      const { accountId } = await ground.isPerson(identity, 'passkeys');
      return (await passkeysOf(ground.database, accountId)).map(entry);
    },

    async registrationOptions(identity) {
      const person = await ground.isPerson(identity, 'passkeys');
      const now = ground.clock();
      const session = await freshSession(ground.database, person, now);
      const account = (await accountById(ground.database, person.accountId))!;
      mayAddFactor(account, session.proof as Proof, required);
      const held = await passkeysOf(ground.database, person.accountId);
      const options = await generateRegistrationOptions({
        rpName: 'Promontory',
        rpID: site().rpID,
        userName: account.login,
        userDisplayName: account.display_name,
        userID: userHandle(person.accountId),
        challenge: challenge(),
        timeout: HOLDS_MS,
        attestationType: 'none',
        excludeCredentials: held.map((key) => ({
          id: key.credential_id,
          transports: [...key.transports],
        })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      await keep(options.challenge, 'passkey-register', person.accountId);
      return options;
    },

    async register(identity, { name, response }) {
      const person = await ground.isPerson(identity, 'passkeys');
      const title = titleOf(name);
      if (title === undefined) throw new AccessRefused('invalid', 'Give the passkey a name.');
      const refused = () => new AccessRefused('invalid', 'The passkey was not accepted.');
      const answered = await take(response.response.clientDataJSON, 'passkey-register');
      if (answered === undefined || answered.accountId !== person.accountId) throw refused();
      const { origin, rpID } = site();
      const verified = await verifyRegistrationResponse({
        response,
        expectedChallenge: answered.text,
        expectedOrigin: origin,
        expectedRPID: rpID,
        requireUserVerification: true,
      }).catch(() => undefined);
      if (verified?.verified !== true) throw refused();
      const { credential } = verified.registrationInfo;
      try {
        return await ground.change(async (sql, now, audit) => {
          await lockAccount(sql, person.accountId);
          const session = await freshSession(sql, person, now);
          const account = (await accountById(sql, person.accountId))!;
          mayAddFactor(account, session.proof as Proof, required);
          if (account.passkeys >= MOST_PASSKEYS)
            throw new AccessRefused('invalid', `An account has at most ${MOST_PASSKEYS} passkeys.`);
          await insertPasskey(sql, {
            credentialId: credential.id,
            accountId: person.accountId,
            publicKey: credential.publicKey,
            counter: credential.counter,
            transports: credential.transports ?? [],
            name: title,
            at: now,
          });
          audit(accountChange(identity, 'passkey-added', person.accountId));
          const signedIn = await renewSession(ground, sql, now, person, 'passkey');
          const row = { credential_id: credential.id, name: title, created_at: now, used_at: null };
          return { passkey: entry(row), signedIn };
        });
      } catch (error) {
        if (isUniqueViolation(error)) throw refused();
        throw error;
      }
    },

    async rename(identity, passkeyId, name) {
      const { accountId } = await ground.isPerson(identity, 'passkeys');
      const title = titleOf(name);
      if (title === undefined) throw new AccessRefused('invalid', 'Give the passkey a name.');
      await ground.change(async (sql, _now, audit) => {
        const renamed = await renamePasskey(sql, accountId, passkeyId, title);
        if (renamed.length === 0) throw new AccessRefused('absent', 'There is no such passkey.');
        audit(accountChange(identity, 'passkey-renamed', accountId));
      });
    },

    async remove(identity, passkeyId) {
      const person = await ground.isPerson(identity, 'passkeys');
      await ground.change(async (sql, now, audit) => {
        await lockAccount(sql, person.accountId);
        await freshSession(sql, person, now);
        const account = (await accountById(sql, person.accountId))!;
        const gone = await deletePasskey(sql, person.accountId, passkeyId);
        if (gone.length === 0) throw new AccessRefused('absent', 'There is no such passkey.');
        if (!hasWayIn({ ...account, passkeys: account.passkeys - 1 }, required))
          throw new AccessRefused('last-way-in', 'This is the last way in to this account.');
        if (account.passkeys === 1 && account.totp_secret === null)
          await deleteRecoveryCodes(sql, person.accountId);
        audit(accountChange(identity, 'passkey-removed', person.accountId));
      });
    },

    async signInOptions(from) {
      await takeAttempt(ground, asked, from);
      const options = await generateAuthenticationOptions({
        rpID: site().rpID,
        challenge: challenge(),
        timeout: HOLDS_MS,
        userVerification: 'required',
      });
      await keep(options.challenge, 'passkey-sign-in');
      return options;
    },

    async signIn(response, from) {
      await takeAttempt(ground, attempts, from);
      const judged = await judgeAssertion(response);
      return concluded(ground, attempts, 'passkey', from, async (sql, now) => {
        if ('reason' in judged) return judged;
        const { accountId, counter } = judged;
        await lockAccount(sql, accountId);
        const account = (await accountById(sql, accountId))!;
        if (account.disabled_at !== null) return { reason: 'disabled', accountId };
        if (!(await passkeyUsed(sql, response.id, counter, now))) return { reason: 'counter', accountId };
        return { accountId, proof: 'passkey' };
      });
    },
  };

  async function judgeAssertion(
    response: AuthenticationResponseJSON,
  ): Promise<{ accountId: string; counter: number } | Refusal> {
    const answered = await take(response.response.clientDataJSON, 'passkey-sign-in');
    if (answered === undefined) return { reason: 'challenge' };
    const key = await passkeyById(ground.database, response.id);
    if (key === undefined) return { reason: 'passkey' };
    const accountId = key.account_id;
    const handle = response.response.userHandle;
    if (handle !== undefined && handle !== Buffer.from(userHandle(accountId)).toString('base64url'))
      return { reason: 'passkey', accountId };
    const { origin, rpID } = site();
    const verified = await verifyAuthenticationResponse({
      response,
      expectedChallenge: answered.text,
      expectedOrigin: origin,
      expectedRPID: rpID,
      credential: {
        id: key.credential_id,
        publicKey: new Uint8Array(key.public_key),
        counter: Number(key.counter),
        transports: [...key.transports],
      },
      requireUserVerification: true,
    }).catch(() => undefined);
    if (verified?.verified !== true) return { reason: 'passkey', accountId };
    return { accountId, counter: verified.authenticationInfo.newCounter };
  }
}
