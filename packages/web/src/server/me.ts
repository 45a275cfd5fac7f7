import { getJson } from './request.ts';

/** Who is signed in, and what they may do somewhere. */
export interface Me {
  readonly account: { readonly accountId: string; readonly displayName: string; readonly login: string };
  readonly deeds: readonly string[];
}

export const readMe = (): Promise<Me> => getJson<Me>('/api/access/me');
