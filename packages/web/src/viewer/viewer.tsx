/** The images of a study with all that moves them. Stands inside of a StudyContext. */
import { useTranslation } from 'react-i18next';
import { ImagesContext, type StudyImages } from '../images/index.ts';
import { Busy, Empty, Problem } from '../look/index.ts';
import { useOpened } from './use-opened.ts';
import './viewer.css';
import { Workplace } from './workplace.tsx';

export function Viewer({ studyInstanceUid }: { readonly studyInstanceUid: string }) {
  const { t } = useTranslation('viewer');
  const { images, error, retry } = useOpened(studyInstanceUid);
  if (error !== undefined)
    return (
      <Problem title={t('failed.title')}>
        <p>{t('failed.text')}</p>
        <button type="button" className="button" onClick={retry}>
          {t('try-again')}
        </button>
      </Problem>
    );
  if (images === undefined) return <Busy text={t('opening')} />;
  if (images.series.length === 0)
    return (
      <Empty title={t('empty.title')}>
        <p>{t('empty.text', { count: images.otherCount })}</p>
      </Empty>
    );
  return <OpenImages key={images.studyInstanceUid} images={images} />;
}

function OpenImages({ images }: { readonly images: StudyImages }) {
  const { t } = useTranslation('viewer');
  // The panes are painted on a plain canvas; without one nothing can be seen.
  if (!canPaint()) return <Problem title={t('no-canvas.title')}>{t('no-canvas.text')}</Problem>;
  return (
    <ImagesContext value={images}>
      <Workplace images={images} />
    </ImagesContext>
  );
}

const canPaint = (): boolean => document.createElement('canvas').getContext('2d') !== null;
