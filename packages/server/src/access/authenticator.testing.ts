/**
 * An authenticator in software: ES256 keys, user verified, attestation 'none' (W3C Web Authentication 6), with every
 * field open to be wrong on purpose.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');
const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();

/** CBOR (RFC 8949), as much of it as keys and attestation objects are made of. */
type Cbor = number | string | Uint8Array | Map<number | string, Cbor>;
function cbor(value: Cbor): Buffer {
  const head = (major: number, n: number): Buffer => {
    if (n < 24) return Buffer.from([(major << 5) | n]);
    if (n < 256) return Buffer.from([(major << 5) | 24, n]);
    return Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  };
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) {
    const entries = [...value].flatMap(([k, v]) => [cbor(k), cbor(v)]);
    return Buffer.concat([head(5, value.size), ...entries]);
  }
  return Buffer.concat([head(2, value.length), value]);
}

/** What a test may bend. */
export interface Bent {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly counter?: number;
  readonly userVerified?: boolean;
  readonly userHandle?: string;
  readonly signature?: Uint8Array;
}

export interface Credential {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly userHandle: string;
  counter: number;
}

export interface Authenticator {
  readonly credentials: Credential[];
  create(
    options: { challenge: string; rp: { id?: string }; user: { id: string } },
    bent?: Bent,
  ): RegistrationResponseJSON;
  get(
    options: { challenge: string; rpId?: string },
    credential?: Credential,
    bent?: Bent,
  ): AuthenticationResponseJSON;
}

/** @param counting whether the signature counter moves, as in a security key; synchronised passkeys stay at 0 */
export function softwareAuthenticator(origin: string, counting = true): Authenticator {
  const clientData = (type: string, challenge: string, bent: Bent): string =>
    JSON.stringify({
      type: bent.type ?? type,
      challenge: bent.challenge ?? challenge,
      origin: bent.origin ?? origin,
      crossOrigin: false,
    });
  const authenticatorData = (rpId: string, counter: number, bent: Bent, attested?: Uint8Array): Buffer => {
    const flags = 0x01 | (bent.userVerified === false ? 0 : 0x04) | (attested === undefined ? 0 : 0x40);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(bent.counter ?? counter);
    return Buffer.concat([
      sha256(bent.rpId ?? rpId),
      Buffer.from([flags]),
      count,
      attested ?? Buffer.alloc(0),
    ]);
  };
  const credentials: Credential[] = [];
  return {
    credentials,
    create(options, bent = {}) {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { x, y } = publicKey.export({ format: 'jwk' });
      const id = randomBytes(32);
      // COSE_Key (RFC 9053 7.1.1): EC2, ES256, P-256.
      const key = cbor(
        new Map<number, Cbor>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(x!, 'base64url')],
          [-3, Buffer.from(y!, 'base64url')],
        ]),
      );
      const credential = { id: base64url(id), privateKey, userHandle: options.user.id, counter: 0 };
      credentials.push(credential);
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const data = clientData('webauthn.create', options.challenge, bent);
      return {
        id: credential.id,
        rawId: credential.id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(data),
          attestationObject: base64url(
            cbor(
              new Map<string, Cbor>([
                ['fmt', 'none'],
                ['attStmt', new Map()],
                ['authData', authenticatorData(options.rp.id ?? '', 0, bent, attested)],
              ]),
            ),
          ),
          transports: ['internal'],
        },
      };
    },
    get(options, credential = credentials[0], bent = {}) {
      if (counting) credential.counter += 1;
      const data = clientData('webauthn.get', options.challenge, bent);
      const authData = authenticatorData(options.rpId ?? '', credential.counter, bent);
      const signature =
        bent.signature ?? sign('sha256', Buffer.concat([authData, sha256(data)]), credential.privateKey);
      return {
        id: credential.id,
        rawId: credential.id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(data),
          authenticatorData: base64url(authData),
          signature: base64url(signature),
          userHandle: bent.userHandle ?? credential.userHandle,
        },
      };
    },
  };
}
