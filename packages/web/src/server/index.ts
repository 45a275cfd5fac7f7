export { type Me, readMe } from './me.ts';
export { getJson, request, ServerRefusal, ServerUnreachable, sendJson, whenSignedOut } from './request.ts';
