// biome-ignore-all lint/a11y/useSemanticElements: rows exist only while they are on the screen, which tables cannot have
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stands on rows, which are read as a whole
import { useQueryClient } from '@tanstack/react-query';
import type { MouseEvent, Ref } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../server/index.ts';
import { getJson } from '../server/index.ts';
import { AssignCell, type Assignment } from './assign.tsx';
import { DateCell, PatientCell, StatusCell, StudyCell } from './row-cells.tsx';
import { UrgencyMark } from './urgency-mark.tsx';
import type { Reviewer, WorklistRow } from './worklist-row.ts';

export interface RowProps {
  readonly row: WorklistRow | undefined;
  readonly index: number;
  readonly offsetPx: number;
  readonly isActive: boolean;
  readonly me: Me | undefined;
  readonly reviewers: readonly Reviewer[];
  readonly measure: Ref<HTMLDivElement>;
  readonly assign: (assignment: Assignment) => void;
  readonly open: (row: WorklistRow) => void;
  readonly onFocus: (index: number) => void;
}

export const rowId = (index: number): string => `worklist-row-${index}`;

export function Row(props: RowProps) {
  const { row, index, isActive, offsetPx, measure } = props;
  const { t } = useTranslation('worklist');
  const client = useQueryClient();
  const shared = {
    id: rowId(index),
    ref: measure,
    // The first is that of the headings.
    'aria-rowindex': index + 2,
    'data-index': index,
    style: { transform: `translateY(${offsetPx}px)` },
  } as const;
  if (row === undefined)
    return (
      <div {...shared} role="row" className="row row-awaited" tabIndex={-1} aria-busy="true">
        <div role="gridcell" className="cell-urgency">
          <span className="visually-hidden">{t('row.awaited')}</span>
        </div>
      </div>
    );
  const look = () => {
    const study = row.studyInstanceUid;
    void client.prefetchQuery({
      queryKey: ['study', study, 'summary'],
      queryFn: () => getJson(`/api/studies/${study}/summary`),
      staleTime: 30_000,
    });
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest('select, a, button') === null) props.open(row);
    else if (target.closest('a') !== null && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      props.open(row);
    }
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has Enter for the row that has the focus
    <div
      {...shared}
      role="row"
      className="row"
      tabIndex={isActive ? 0 : -1}
      aria-selected={isActive}
      onClick={onClick}
      onFocus={() => {
        props.onFocus(index);
        look();
      }}
      onPointerEnter={look}
    >
      <div role="gridcell" className="cell-urgency">
        <UrgencyMark row={row} />
      </div>
      <div role="gridcell" className="cell-patient">
        <PatientCell row={row} />
      </div>
      <div role="gridcell" className="cell-study">
        <StudyCell row={row} />
      </div>
      <div role="gridcell" className="cell-date">
        <DateCell row={row} />
      </div>
      <div role="gridcell" className="cell-status">
        <StatusCell row={row} />
      </div>
      <div role="gridcell" className="cell-assigned">
        <AssignCell
          row={row}
          me={props.me}
          reviewers={props.reviewers}
          isActive={isActive}
          assign={props.assign}
        />
      </div>
    </div>
  );
}
