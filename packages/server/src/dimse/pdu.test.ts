import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PduMalformed } from './faults.ts';
import {
  type AssociateRq,
  decodeAbort,
  decodeAssociateAc,
  decodeAssociateRj,
  decodeAssociateRq,
  decodeData,
  encodeAssociateAc,
  encodeAssociateRj,
  encodeAssociateRq,
  encodeDataHeader,
  PDU_HEADER_BYTES,
  PduType,
} from './pdu.ts';
import { PduSplitter } from './pdu-splitter.ts';

const CAPS = { maxPduBytes: 2 ** 17, maxAssociatePduBytes: 2 ** 18 };
const body = (pdu: Buffer) => pdu.subarray(PDU_HEADER_BYTES);

const uid = fc
  .array(fc.nat({ max: 99_999 }), { minLength: 2, maxLength: 10 })
  .map((parts) => parts.join('.'));
const title = fc.stringMatching(/^[A-Z0-9_]{1,16}$/);
const request: fc.Arbitrary<AssociateRq> = fc
  .record({
    called: title,
    calling: title,
    contexts: fc.array(
      fc.record({ abstractSyntax: uid, transferSyntaxes: fc.array(uid, { minLength: 1 }) }),
      {
        maxLength: 128,
      },
    ),
    maxLength: fc.nat({ max: 0xffffffff }),
    roles: fc.array(fc.record({ sopClass: uid, scu: fc.boolean(), scp: fc.boolean() })),
  })
  .map(({ called, calling, contexts, maxLength, roles }) => ({
    protocolVersion: 1,
    calledAeTitle: called,
    callingAeTitle: calling,
    applicationContext: '1.2.840.10008.3.1.1.1',
    contexts: contexts.map((context, i) => ({ id: 2 * i + 1, ...context })),
    user: {
      maxLength,
      implementationClassUid: '1.2.3',
      implementationVersionName: 'V1',
      roles,
    },
  }));

test('an association request comes out as it went in', () => {
  fc.assert(
    fc.property(request, (rq) => {
      expect(decodeAssociateRq(body(encodeAssociateRq(rq)))).toEqual(rq);
    }),
    { numRuns: 50 },
  );
});

test('an acceptance and a rejection come out as they went in', () => {
  const ac = {
    protocolVersion: 1,
    calledAeTitle: 'A',
    callingAeTitle: 'B',
    applicationContext: '1.2.840.10008.3.1.1.1',
    contexts: [
      { id: 1, result: 0 as const, transferSyntax: '1.2.840.10008.1.2' },
      { id: 3, result: 4 as const, transferSyntax: '' },
    ],
    user: { maxLength: 0, implementationClassUid: '1.2', roles: [] },
  };
  expect(decodeAssociateAc(body(encodeAssociateAc(ac)))).toEqual(ac);
  const rj = { result: 1, source: 1, reason: 7 };
  expect(decodeAssociateRj(body(encodeAssociateRj(rj)))).toEqual(rj);
});

test('any bytes give a PDU or PduMalformed, nothing else', () => {
  const decoders = [decodeAssociateRq, decodeAssociateAc, decodeAssociateRj, decodeAbort, decodeData];
  const spoiled = fc
    .tuple(request, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 8 }), fc.nat())
    .map(([rq, changes, cut]) => {
      const bytes = Buffer.from(body(encodeAssociateRq(rq)));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes.subarray(0, bytes.length - (cut % 20));
    });
  fc.assert(
    fc.property(
      fc.oneof(
        spoiled,
        fc.uint8Array({ maxLength: 400 }).map((b) => Buffer.from(b)),
      ),
      (bytes) => {
        for (const decode of decoders) {
          try {
            decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(PduMalformed);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ['a context id that is even', { contexts: [{ id: 2, abstractSyntax: '1.2', transferSyntaxes: ['1.2'] }] }],
  [
    'a context id twice',
    {
      contexts: [
        { id: 1, abstractSyntax: '1.2', transferSyntaxes: ['1.2'] },
        { id: 1, abstractSyntax: '1.2', transferSyntaxes: ['1.2'] },
      ],
    },
  ],
  [
    'a context without transfer syntax',
    { contexts: [{ id: 1, abstractSyntax: '1.2', transferSyntaxes: [] }] },
  ],
  [
    'a UID with path characters',
    { contexts: [{ id: 1, abstractSyntax: '../../x', transferSyntaxes: ['1.2'] }] },
  ],
  [
    'a UID of 65 characters',
    { contexts: [{ id: 1, abstractSyntax: '1'.repeat(65), transferSyntaxes: ['1.2'] }] },
  ],
])('refuses %s', (_, given) => {
  const rq: AssociateRq = {
    protocolVersion: 1,
    calledAeTitle: 'A',
    callingAeTitle: 'B',
    applicationContext: '1.2',
    user: { maxLength: 0, implementationClassUid: '1.2', roles: [] },
    ...given,
  };
  expect(() => decodeAssociateRq(body(encodeAssociateRq(rq)))).toThrow(PduMalformed);
});

test('a PDV that lies about its length is refused', () => {
  const pdu = Buffer.concat([
    encodeDataHeader({ contextId: 1, isCommand: true, isLast: true }, 4),
    Buffer.alloc(4),
  ]);
  for (const length of [0, 1, 7, 0xffffffff]) {
    const lying = Buffer.from(body(pdu));
    lying.writeUInt32BE(length, 0);
    expect(() => decodeData(lying), String(length)).toThrow(PduMalformed);
  }
  expect(decodeData(body(pdu))).toHaveLength(1);
});

test('chunks of any size give the same PDUs', () => {
  const pdus = [
    Buffer.concat([
      encodeDataHeader({ contextId: 1, isCommand: false, isLast: true }, 1000),
      Buffer.alloc(1000, 7),
    ]),
    encodeAssociateRj({ result: 1, source: 1, reason: 1 }),
    Buffer.concat([
      encodeDataHeader({ contextId: 3, isCommand: true, isLast: false }, 2),
      Buffer.alloc(2, 9),
    ]),
  ];
  const stream = Buffer.concat(pdus);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (sizes) => {
      const splitter = new PduSplitter(CAPS);
      const seen: Buffer[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length] as number;
        for (const { body: b } of splitter.push(stream.subarray(at, at + size))) seen.push(Buffer.from(b));
        at += size;
      }
      expect(seen).toEqual(pdus.map(body));
      expect(splitter.partial).toBe(false);
    }),
  );
});

test.each([
  ['P-DATA-TF', PduType.data, CAPS.maxPduBytes],
  ['A-ASSOCIATE-RQ', PduType.associateRq, CAPS.maxAssociatePduBytes],
  ['A-ABORT', PduType.abort, 4],
])('%s beyond its cap is refused at its header', (_, type, cap) => {
  const header = (length: number) => {
    const bytes = Buffer.alloc(6);
    bytes.writeUInt8(type, 0);
    bytes.writeUInt32BE(length, 2);
    return bytes;
  };
  expect(() => [...new PduSplitter(CAPS).push(header(cap + 1))]).toThrow(PduMalformed);
  expect([...new PduSplitter(CAPS).push(header(cap))]).toEqual([]);
});
