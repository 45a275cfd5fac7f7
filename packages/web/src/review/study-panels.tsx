import { useEffect, useRef, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { MeasurementList } from '../layers/index.ts';
import { useReadings, useReports, useStudy } from '../study/index.ts';
import { ReportPanel } from './report-panel.tsx';
import { ReviewPanel } from './review-panel.tsx';
import './study-panels.css';

/**
 * Reading and report beside the images: a column on a desk, a drawer on a tablet, a sheet from below on a phone. The
 * images stay usable while it is open.
 */
export function StudyPanels() {
  const { t } = useTranslation('review');
  const [isOpen, setOpen] = useState(false);
  const toggle = useRef<HTMLButtonElement>(null);
  const close = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  // The button pressed goes: the focus moves to what took its place.
  useEffect(() => {
    if (isOpen !== wasOpen.current) (isOpen ? close : toggle).current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const { saving } = useStudy();
  const isSigned = useReports().length > 0;
  const { job } = useReadings();
  return (
    <aside className="panels" data-open={isOpen} aria-label={t('panels')}>
      <h1 className="visually-hidden">{t('page')}</h1>
      <button
        ref={toggle}
        type="button"
        className="button panels-toggle"
        aria-expanded={isOpen}
        onClick={() => setOpen(true)}
      >
        {t('panels.open')}
        {saving.state !== 'saved' && <span className="panels-dot" aria-hidden="true" />}
      </button>
      <Tabs className="panels-body">
        <div className="panels-top">
          <TabList className="panels-tabs" aria-label={t('panels')}>
            <Tab id="review" className="panels-tab">
              {t('panel')}
              {job !== undefined && <span aria-hidden="true"> …</span>}
            </Tab>
            <Tab id="measured" className="panels-tab">
              {t('panels.measured')}
            </Tab>
            <Tab id="report" className="panels-tab">
              {t('report')}
              {isSigned && (
                <>
                  <span className="panels-signed" aria-hidden="true">
                    ✓
                  </span>
                  <span className="visually-hidden"> ({t('report.kind.signed')})</span>
                </>
              )}
            </Tab>
          </TabList>
          <button
            ref={close}
            type="button"
            className="button quiet panels-close"
            onClick={() => setOpen(false)}
          >
            {t('panels.close')}
          </button>
        </div>
        <TabPanel id="review" className="panels-panel">
          <ReviewPanel />
        </TabPanel>
        <TabPanel id="measured" className="panels-panel">
          <MeasurementList />
        </TabPanel>
        <TabPanel id="report" className="panels-panel">
          <ReportPanel />
        </TabPanel>
      </Tabs>
    </aside>
  );
}
