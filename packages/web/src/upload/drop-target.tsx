import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sourcesOfDrop } from './found-files.ts';
import { theUpload } from './use-upload.ts';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

/** The whole page takes what is dropped on it, and says so while something is held over it. */
export function DropTarget() {
  const { t } = useTranslation('upload');
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      setOver(false);
      void sourcesOfDrop(event.dataTransfer).then((sources) => theUpload().add(sources));
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return isOver ? (
    <div className="drop-target" aria-hidden="true">
      <p>{t('drop')}</p>
    </div>
  ) : null;
}
