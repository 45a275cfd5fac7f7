/** A subject is unique within its issuer only (OpenID Connect Core 2): kept with it, so that another issuer's is another. */
export const subjectKey = (issuer: string, subject: string): string =>
  `${issuer.replace(/\/$/, '')} ${subject}`;
