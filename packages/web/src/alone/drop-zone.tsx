import { type ChangeEvent, type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import './drop-zone.css';
import { entriesOf, filesOfDrop, filesOfInput } from './gather-files.ts';
import type { Given } from './reading/messages.ts';

/** Where images are dropped or chosen. */
export function DropZone({ give }: { readonly give: (given: Given) => void }) {
  const { t } = useTranslation('alone');
  const [over, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);

  const drag = (event: DragEvent, isOver: boolean) => {
    event.preventDefault();
    setOver(isOver);
  };
  const drop = (event: DragEvent) => {
    drag(event, false);
    const entries = entriesOf(event.dataTransfer);
    if (entries.length > 0) void filesOfDrop(entries).then(give);
  };
  const choose = ({ target }: ChangeEvent<HTMLInputElement>) => {
    if (target.files !== null && target.files.length > 0) give(filesOfInput(target.files));
    // The same choice again is a new one.
    target.value = '';
  };

  return (
    <section
      className="drop-zone"
      data-over={over}
      aria-label={t('drop.label')}
      onDragEnter={(event) => drag(event, true)}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={drop}
    >
      <p className="drop-zone-title">{t(over ? 'drop.now' : 'drop.title')}</p>
      <p className="drop-zone-text">{t('drop.text')}</p>
      <div className="drop-zone-choices">
        <button type="button" className="button primary" onClick={() => folder.current?.click()}>
          {t('choose.folder')}
        </button>
        <button type="button" className="button" onClick={() => files.current?.click()}>
          {t('choose.files')}
        </button>
      </div>
      <input
        ref={folder}
        type="file"
        hidden
        aria-label={t('choose.folder')}
        onChange={choose}
        {...{ webkitdirectory: '' }}
      />
      <input ref={files} type="file" multiple hidden aria-label={t('choose.files')} onChange={choose} />
    </section>
  );
}
