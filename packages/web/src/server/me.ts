import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { getJson } from './request.ts';

/** Who is signed in, and what they may do somewhere. */
export interface Me {
  readonly account: { readonly accountId: string; readonly displayName: string; readonly login: string };
  readonly deeds: readonly string[];
}

export const readMe = (signal?: AbortSignal): Promise<Me> => getJson<Me>('/api/access/me', signal);

/** The answer that the frame of the page has asked for already, shared by all. */
export const useSignedIn = (): UseQueryResult<Me> =>
  useQuery({ queryKey: ['me'], queryFn: () => readMe(), staleTime: 60_000 });
