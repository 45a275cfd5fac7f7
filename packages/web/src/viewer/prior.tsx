/** Earlier studies of the patient: chosen, opened beside the one at hand, and registered to it by the level. */
import { subtract } from '@promontory/core/geometry';
import { Findings, type SpineOutline } from '@promontory/core/spine';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { plainText } from '../look/index.ts';
import { getJson } from '../server/index.ts';
import { type Level, levelsOf } from './geometry/levels.ts';
import type { Registration, Source } from './state.ts';

export interface PriorStudy {
  readonly studyInstanceUid: string;
  readonly studyDate?: string | null;
  readonly description?: string | null;
}

const at = (study: string, what: string): string => `/api/studies/${encodeURIComponent(study)}/${what}`;

export function usePriors(study: string, isOnServer: boolean) {
  return useQuery({
    queryKey: ['study', study, 'priors'],
    enabled: isOnServer,
    queryFn: ({ signal }) =>
      getJson<{ readonly priors?: readonly PriorStudy[] }>(at(study, 'summary'), signal).then(
        ({ priors = [] }) => priors,
      ),
  });
}

interface Records {
  readonly readings: readonly {
    readonly outcome: string;
    readonly status: string;
    readonly files: readonly { readonly name: string; readonly href: string }[];
  }[];
}

async function readLevels(study: string, signal: AbortSignal): Promise<readonly Level[]> {
  const { readings } = await getJson<Records>(at(study, 'readings'), signal);
  const newest = readings.find(({ outcome, status }) => outcome === 'read' && status !== 'superseded');
  const hrefOf = (name: string) => newest?.files.find((file) => file.name === name)?.href;
  const findings = hrefOf('findings.json');
  if (findings === undefined) return [];
  const outline = hrefOf('outline.json');
  const [document, drawn] = await Promise.all([
    getJson<unknown>(findings, signal),
    outline === undefined ? undefined : getJson<SpineOutline>(outline, signal),
  ]);
  return levelsOf(Findings.parse(document), drawn);
}

const NONE: readonly Level[] = [];

/** Discs of the prior's own reading; none where it was not read. */
export function usePriorLevels(study: string | undefined): readonly Level[] {
  const { data } = useQuery({
    queryKey: ['study', study, 'prior-levels'],
    enabled: study !== undefined,
    queryFn: ({ signal }) => readLevels(study ?? '', signal),
  });
  return data ?? NONE;
}

/**
 * Two studies have no frame of reference in common: they are laid over each other at the disc at hand, and without one
 * at the lowest disc that both readings know. The rest of the spine may be bent otherwise, so that this holds near it.
 */
export function registration(
  levels: (source: Source) => readonly Level[],
  here: () => string | undefined,
): Registration {
  return (from, to) => {
    const [own, other] = [levels(from), levels(to)];
    const shared = own.filter(({ label }) => other.some((each) => each.label === label));
    const anchor = shared.find(({ label }) => label === here()) ?? shared.at(-1);
    const twin = other.find(({ label }) => label === anchor?.label);
    return anchor && twin ? subtract(twin.place.centreMm, anchor.place.centreMm) : undefined;
  };
}

export function PriorPicker(props: {
  readonly priors: readonly PriorStudy[];
  readonly chosen: string | undefined;
  choose(study: string | undefined): void;
}) {
  const { t } = useTranslation('viewer');
  if (props.priors.length === 0) return <p>{t('prior.none')}</p>;
  return (
    <fieldset className="drop-body">
      <legend>{t('prior.label')}</legend>
      <label>
        <input
          type="radio"
          name="prior"
          checked={props.chosen === undefined}
          onChange={() => props.choose(undefined)}
        />
        {t('prior.nothing')}
      </label>
      {props.priors.map(({ studyInstanceUid, studyDate, description }) => (
        <label key={studyInstanceUid}>
          <input
            type="radio"
            name="prior"
            checked={props.chosen === studyInstanceUid}
            onChange={() => props.choose(studyInstanceUid)}
          />
          <bdi>{plainText(studyDate ?? '') || t('prior.no-date')}</bdi>{' '}
          <bdi>{plainText(description ?? '')}</bdi>
        </label>
      ))}
    </fieldset>
  );
}
