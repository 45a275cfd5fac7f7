export { type Me, readMe, useSignedIn } from './me.ts';
export { getJson, request, ServerRefusal, ServerUnreachable, sendJson, whenSignedOut } from './request.ts';
