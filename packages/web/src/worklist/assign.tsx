/** Whose turn a study is: chosen in the row, shown at once, taken back where the server refuses. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { personName, plainText } from '../look/index.ts';
import { getJson, type Me, sendJson, useSignedIn } from '../server/index.ts';
import { changeRow, refreshRow } from './list-pages.ts';
import type { Reviewer, WorklistRow } from './worklist-row.ts';

export const useMe = (): Me | undefined => useSignedIn().data;

export const useReviewers = (): readonly Reviewer[] =>
  useQuery({
    queryKey: ['reviewers'],
    queryFn: () => getJson<readonly Reviewer[]>('/api/reviewers'),
    staleTime: 5 * 60_000,
  }).data ?? [];

export interface Assignment {
  readonly study: string;
  readonly to: Reviewer | undefined;
}

export function useAssign() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ study, to }: Assignment) =>
      sendJson<unknown>('PUT', `/api/studies/${study}/assignment`, { accountId: to?.accountId ?? null }),
    onMutate: ({ study, to }) =>
      changeRow(client, study, ({ assignedTo: _, ...row }) => ({
        ...row,
        ...(to && { assignedTo: { accountId: to.accountId, name: to.displayName } }),
      })),
    onError: (_, { study }) => refreshRow(client, study),
  });
}

interface Props {
  readonly row: WorklistRow;
  readonly me: Me | undefined;
  readonly reviewers: readonly Reviewer[];
  readonly isActive: boolean;
  readonly assign: (assignment: Assignment) => void;
}

export function AssignCell({ row, me, reviewers, isActive, assign }: Props) {
  const { t } = useTranslation('worklist');
  const now = row.assignedTo ?? undefined;
  const mine = me?.account;
  if (me?.deeds.includes('review') !== true)
    return (
      <span className="row-line">{now === undefined ? t('nobody') : <bdi>{plainText(now.name)}</bdi>}</span>
    );
  const others = reviewers.filter(({ accountId }) => accountId !== mine?.accountId);
  const isKnown = now === undefined || reviewers.some(({ accountId }) => accountId === now.accountId);
  return (
    <select
      className={now === undefined ? 'assign assign-nobody' : 'assign'}
      aria-label={t('assign.label', { name: personName(row.patientName ?? '') || t('no-name') })}
      tabIndex={isActive ? 0 : -1}
      value={now?.accountId ?? ''}
      onChange={({ target }) => {
        const known = reviewers.find(({ accountId }) => accountId === target.value);
        assign({ study: row.studyInstanceUid, to: target.value === '' ? undefined : known });
      }}
    >
      <option value="">{t('nobody')}</option>
      {reviewers.some(({ accountId }) => accountId === mine?.accountId) && (
        <option value={mine?.accountId}>{t('me', { name: plainText(mine?.displayName ?? '') })}</option>
      )}
      {others.map(({ accountId, displayName }) => (
        <option key={accountId} value={accountId}>
          {plainText(displayName)}
        </option>
      ))}
      {!isKnown && <option value={now.accountId}>{plainText(now.name)}</option>}
    </select>
  );
}
