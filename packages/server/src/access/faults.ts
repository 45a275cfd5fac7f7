/** A sign-in did not succeed. It never says why: unknown, disabled, locked and mistyped answer alike. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
  constructor() {
    super('Sign-in failed.');
  }
}

/** Too many attempts from one address, or too many at once. A retry helps after the seconds given. */
export class TooManyAttempts extends Error {
  override readonly name = 'TooManyAttempts';
  readonly retryAfterSeconds: number;
  /** The first of a row of refusals: that one is audited, the flood after it is not. */
  readonly first: boolean;
  constructor(retryAfterSeconds: number, first = false) {
    super('Too many attempts.');
    this.retryAfterSeconds = retryAfterSeconds;
    this.first = first;
  }
}

/** The hospital's identity provider cannot be reached or is not set up as it should. A retry helps in the first case. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
}

export type AccessRefusal =
  /** No such thing, or another's. */
  | 'absent'
  /** The name or subject belongs to another account or project. */
  | 'taken'
  /** Not of the form that is asked for. */
  | 'invalid'
  | 'weak-password'
  /** One administrator over everything must remain. */
  | 'last-administrator'
  /** The account would have no way left to sign in, or not the second factor it needs. */
  | 'last-way-in'
  /** Changes to how one signs in need a sign-in of the last minutes. */
  | 'sign-in-again'
  | 'not-allowed';

/** A change that is not made; the message is for the person who asked. */
export class AccessRefused extends Error {
  override readonly name = 'AccessRefused';
  readonly code: AccessRefusal;
  constructor(code: AccessRefusal, message: string) {
    super(message);
    this.code = code;
  }
}
