import { type Call, HttpRefusal } from './route.ts';

/** A parameter of the path; the router has put it there. */
export const param = ({ params }: Pick<Call, 'params'>, name: string): string => params[name] ?? '';

/** @throws HttpRefusal 404 for what is not there, or not for whoever asks */
export function present<T>(found: T | undefined): T {
  if (found === undefined) throw new HttpRefusal(404, 'NOT_FOUND', 'There is no such object.');
  return found;
}
