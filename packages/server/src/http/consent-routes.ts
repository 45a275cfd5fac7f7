/** Consent and erasure over HTTP. A patient or study out of reach answers as one that is not there. */
import { z } from 'zod';
import {
  CONSENT_SCOPES,
  CONSENT_STATES,
  type Consents,
  ConsentUnclear,
  type Erasure,
  type Erasures,
  NotWithinReach,
  ReasonNamesPatient,
} from '../consent/index.ts';
import { type Call, HttpRefusal, type Reply, type Route, route } from './route.ts';

const Consent = z.strictObject({
  state: z.enum(CONSENT_STATES),
  scopes: z.array(z.enum(CONSENT_SCOPES)).max(CONSENT_SCOPES.length).default([]),
  formVersion: z.string().trim().min(1).max(100),
  /** All projects where absent. */
  project: z.string().min(1).max(100).optional(),
});
const Reason = z.strictObject({ reason: z.string().trim().min(3).max(500) });

export function consentRoutes(ports: { readonly consents: Consents; readonly erasures: Erasures }): Route[] {
  const { consents, erasures } = ports;
  return [
    route({
      method: 'GET',
      path: '/api/patients/:patientKey/consent',
      summary: "A patient's consent to research, teaching and training of models, and how it came about.",
      group: 'archive',
      may: 'consent',
      handle: async (call) => ({ body: await told(consents.current(call.identity, patientOf(call))) }),
    }),
    route({
      method: 'PUT',
      path: '/api/patients/:patientKey/consent',
      summary: 'Records what the patient said; the last word counts, at once.',
      group: 'archive',
      may: 'consent',
      body: Consent,
      async handle(call) {
        const { project, ...consent } = call.body;
        const given = { ...consent, ...(project === undefined ? {} : { projectId: project }) };
        return { body: await told(consents.record(call.identity, patientOf(call), given)) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/studies/:study/consent',
      summary: "The consent of a study's patient, and the key under which it is recorded.",
      group: 'archive',
      may: 'consent',
      async handle({ identity, params }) {
        const { patientKey, ...consent } = await told(consents.ofStudy(identity, params.study as string));
        return { body: { patient: Buffer.from(patientKey).toString('base64url'), ...consent } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/patients/:patientKey/erase',
      summary: 'Erases a patient, for good, with all studies and results. The answer is the proof.',
      group: 'archive',
      may: 'erase',
      body: Reason,
      async handle(call) {
        const target = { patientKey: patientOf(call) };
        return answerOf(await told(erasures.erase(call.identity, target, call.body.reason)));
      },
    }),
    route({
      method: 'POST',
      path: '/api/studies/:study/erase',
      summary: 'Erases a study, for good, with its results. The answer is the proof.',
      group: 'archive',
      may: 'erase',
      body: Reason,
      async handle(call) {
        const target = { studyUid: call.params.study as string };
        return answerOf(await told(erasures.erase(call.identity, target, call.body.reason)));
      },
    }),
    route({
      method: 'GET',
      path: '/api/erasures/:erasure',
      summary: 'The proof of an erasure.',
      group: 'archive',
      may: 'erase',
      async handle({ identity, params }) {
        const id = params.erasure as string;
        if (!z.uuid().safeParse(id).success) throw notFound();
        const proof = await told(erasures.proof(identity, id));
        if (proof === undefined) throw notFound();
        return { body: proof };
      },
    }),
  ];
}

const notFound = () => new HttpRefusal(404, 'NOT_FOUND', 'There is no such object.');

/** Keys hold what a path cannot: base64url of their UTF-8. */
function patientOf({ params }: Pick<Call, 'params'>): string {
  const given = params.patientKey as string;
  const bytes = Buffer.from(given, 'base64url');
  const key = bytes.toString('utf8');
  // What is not written as we would write it names nobody; neither does what no index can hold.
  const sound =
    bytes.toString('base64url') === given && Buffer.from(key).equals(bytes) && !key.includes('\0');
  if (!sound) throw notFound();
  return key;
}

/** 202 where the bytes could not be taken away yet: the proof follows. */
const answerOf = ({ erasureId, proof }: Erasure): Reply =>
  proof === undefined ? { status: 202, body: { erasureId } } : { body: proof };

async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotWithinReach) throw notFound();
    if (error instanceof ConsentUnclear) throw new HttpRefusal(400, 'CONSENT_UNCLEAR', error.message);
    if (error instanceof ReasonNamesPatient)
      throw new HttpRefusal(400, 'REASON_NAMES_PATIENT', error.message);
    throw error;
  }
}
