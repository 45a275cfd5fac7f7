import { LEVEL_PARTS, type ReportContent } from '@promontory/core/review';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { personName, plainText } from '../look/index.ts';
import { dateAndTime, measure } from './format.ts';
import { placeOf } from './levels.ts';
import { useNames } from './names.ts';
import { StatementList } from './statement-list.tsx';

/** A report as it is signed: what people accepted, corrected, measured and wrote; and by name what they did not judge. */
export function ReportDocument({ content }: { readonly content: ReportContent }) {
  const { t } = useTranslation('review');
  const names = useNames();
  const text = (section: ReportContent['texts'][number]['section']) =>
    content.texts.filter((each) => each.section === section);
  const written = (section: ReportContent['texts'][number]['section']): ReactNode =>
    text(section).map((each) => (
      <Part key={section} title={t(`section.${section}`)}>
        {/* Lines as they were written; always as text. */}
        <p className="written" dir="auto">
          {unturned(each.text)}
        </p>
      </Part>
    ));
  return (
    <article className="report-document">
      {written('indication')}
      {written('technique')}
      {written('comparison')}
      {content.numbering !== undefined && (
        <Part title={t('numbering.title')}>
          <StatementList statements={[content.numbering]} />
        </Part>
      )}
      {content.levels.map((level) => (
        <Part
          key={level.level}
          title={level.level}
          note={level.readAs === undefined ? undefined : t('was-read', { value: level.readAs })}
        >
          {LEVEL_PARTS.map((part) => (
            <StatementList key={part} statements={level[part]} />
          ))}
        </Part>
      ))}
      {content.vertebrae.map(({ level, statements }) => (
        <Part key={level} title={level}>
          <StatementList statements={statements} />
        </Part>
      ))}
      {(content.alignment.length > 0 || content.conus.length > 0) && (
        <Part title={t('whole-spine')}>
          <StatementList statements={[...content.alignment, ...content.conus]} />
        </Part>
      )}
      {content.measurements.length > 0 && (
        <Part title={t('report.measurements')}>
          <ul className="statements">
            {content.measurements.map((each) => (
              <li key={each.markId}>
                <bdi>{plainText(each.caption ?? '') || t(`tool.${each.tool}`)}</bdi>:{' '}
                <b>{measure(each.value, each.unit, each.uncertainty, names.language)}</b>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {written('findings')}
      {written('impression')}
      <LeftOut content={content} />
    </article>
  );
}

/** Text as it was written, in the order in which it was written: what turns figures round is left out. */
const unturned = (text: string): string => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');

function Part(props: {
  readonly title: string;
  readonly note?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <section className="report-part">
      <h3>
        {props.title} {props.note !== undefined && <small>{props.note}</small>}
      </h3>
      {props.children}
    </section>
  );
}

/** From head to feet, as everywhere else. */
const inOrder = (levels: readonly string[]): string[] => levels.toSorted((a, b) => placeOf(a) - placeOf(b));

/** Absence is told, so that nobody takes it for normal. */
function LeftOut({ content }: { readonly content: ReportContent }) {
  const { t } = useTranslation('review');
  const names = useNames();
  type Named = { readonly level?: string | undefined; readonly field: string };
  const list = (items: readonly Named[]): string => {
    const byField = new Map<string, string[]>();
    for (const item of items) {
      const name = names.field(item);
      byField.set(name, [...(byField.get(name) ?? []), ...(item.level === undefined ? [] : [item.level])]);
    }
    return [...byField]
      .map(([name, levels]) => (levels.length === 0 ? name : `${name} (${inOrder(levels).join(', ')})`))
      .join('; ');
  };
  const reasons = Map.groupBy(content.notAssessable, ({ reason }) => reason);
  return (
    <section className="report-part report-left-out">
      <h3>{t('report.not-in-it')}</h3>
      {content.unreviewed.length > 0 && (
        <details>
          <summary>{t('report.unreviewed', { count: content.unreviewed.length })}</summary>
          <p>{list(content.unreviewed)}</p>
        </details>
      )}
      {content.rejected.length > 0 && (
        <details>
          <summary>{t('report.rejected', { count: content.rejected.length })}</summary>
          <p>{list(content.rejected)}</p>
        </details>
      )}
      {reasons.size > 0 && (
        <details>
          <summary>{t('report.not-assessable')}</summary>
          {[...reasons].map(([reason, items]) => (
            <p key={reason}>
              {list(items)}: {names.reason(reason)}
            </p>
          ))}
        </details>
      )}
      {content.disagreements.length > 0 && (
        <details>
          <summary>{t('report.disagreements', { count: content.disagreements.length })}</summary>
          <ul className="statements">
            {content.disagreements.map((each) => (
              <li key={`${each.target} ${each.by}`}>
                {names.level(each.level)} · {names.field(each)}: <b>{names.value(each, each.own)}</b>{' '}
                <small>
                  {personName(each.byName)}
                  {each.given !== undefined &&
                    ` · ${t('was-read', { value: names.value(each, each.given) })}`}
                </small>
              </li>
            ))}
          </ul>
        </details>
      )}
      {content.basis.software !== undefined && content.basis.readAt !== undefined && (
        <p className="report-software">
          {t('report.software', {
            ...content.basis.software,
            when: dateAndTime(content.basis.readAt, names.language),
          })}
          <br />
          {t('uncertainty')}
        </p>
      )}
      {content.unreviewed.length + content.rejected.length + reasons.size === 0 && (
        <p>{t('report.nothing-left-out')}</p>
      )}
    </section>
  );
}
