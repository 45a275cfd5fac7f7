import type { Claim, Conflict, Decision, ReviewedEntry } from '@promontory/core/review';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { personName, plainText } from '../look/index.ts';
import { useRoom, useStudy } from '../study/index.ts';
import { dateAndTime } from './format.ts';
import { isElsewhere } from './keys.ts';
import { useNames } from './names.ts';
import { settlingDeed } from './settle.ts';

interface Props {
  readonly conflict: Conflict;
  /** Of a conflict over a result. */
  readonly entry?: ReviewedEntry | undefined;
  /** Keys 1, 2 … settle it, within the panel. */
  readonly hasKeys: boolean;
}

/** Two people said different things, neither having seen the other's: both are shown, one key takes one of them. */
export function ClaimChoice({ conflict, entry, hasKeys }: Props) {
  const { t } = useTranslation('review');
  const names = useNames();
  const { markAll, mayReview } = useRoom();
  const { reading } = useStudy();
  const take = (claim: Claim<unknown>): void => {
    const deed = settlingDeed(conflict, claim, reading?.readingId);
    if (deed !== undefined) void markAll([deed]);
  };
  useEffect(() => {
    if (!hasKeys || !mayReview) return;
    const onKey = (event: KeyboardEvent): void => {
      if (isElsewhere(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
      if (!(event.target instanceof Element) || event.target.closest('.review') === null) return;
      const claim = conflict.claims[Number(event.key) - 1];
      if (claim === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      take(claim);
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  });
  return (
    <ol className="claims">
      {conflict.claims.map((claim, at) => (
        <li key={claim.markId}>
          <span className="claim-what">{said(claim)}</span>
          <span className="claim-who">
            {personName(claim.byName)} · {dateAndTime(claim.at, names.language)}
          </span>
          {mayReview && (
            <button type="button" className="button small" onClick={() => take(claim)}>
              {t('take-this')} {hasKeys && <kbd>{at + 1}</kbd>}
            </button>
          )}
        </li>
      ))}
    </ol>
  );

  function said({ value }: Claim<unknown>): string {
    switch (conflict.slot.kind) {
      case 'decision':
        return names.decision(entry, value as Decision | undefined);
      case 'text':
        return typeof value === 'string' && value !== '' ? plainText(value) : t('claim.empty');
      case 'renumber':
        return t('claim.lowest-disc', { level: String(value) });
      case 'measurement':
        return t(value === undefined ? 'claim.removed' : 'claim.measured');
      default:
        return t(value === undefined ? 'claim.removed' : 'claim.drawn');
    }
  }
}
