import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Source } from './found-files.ts';
import { theUpload } from './use-upload.ts';
import './upload.css';

/** WICG File System Access: what is chosen by these can be kept over a reload. */
interface Pickers {
  showDirectoryPicker?(): Promise<FileSystemHandle>;
  showOpenFilePicker?(how: { multiple: true }): Promise<FileSystemHandle[]>;
}
/** Not among React's attributes. */
const WHOLE_FOLDER = { webkitdirectory: '' };
const pickers = (): Pickers => window as Pickers;

/** The button, and the two ways behind it: files and ZIPs, or a folder with all below it. */
export function AddImages() {
  const { t } = useTranslation('upload');
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) return;
    panel.current?.querySelector('button')?.focus();
    const outside = ({ target }: Event) => {
      const at = target as Node;
      if (panel.current?.contains(at) !== true && button.current?.contains(at) !== true) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, [isOpen]);

  const add = (sources: readonly Source[]) => {
    setOpen(false);
    button.current?.focus();
    if (sources.length > 0) void theUpload().add(sources);
  };
  /** A picker that was closed is no choice. */
  const pick = async (choose: () => Promise<FileSystemHandle[]>) => {
    const handles = await choose().catch(() => []);
    add(handles.map((handle) => ({ kind: 'handle', handle })));
  };
  const chooseFiles = () => {
    const { showOpenFilePicker: show } = pickers();
    if (show === undefined) files.current?.click();
    else void pick(() => show.call(window, { multiple: true }));
  };
  const chooseFolder = () => {
    const { showDirectoryPicker: show } = pickers();
    if (show === undefined) folder.current?.click();
    else void pick(async () => [await show.call(window)]);
  };
  const chosen = (input: HTMLInputElement) => {
    const all = [...(input.files ?? [])];
    // The same choice again must be a change again.
    input.value = '';
    add(all.map((file) => ({ kind: 'file', file })));
  };

  return (
    <div className="adding">
      <button
        type="button"
        className="button primary add-images"
        ref={button}
        aria-expanded={isOpen}
        aria-controls={id}
        aria-keyshortcuts="u"
        onClick={() => setOpen(!isOpen)}
      >
        {t('add')}
      </button>
      {isOpen && (
        <div
          className="adding-panel"
          id={id}
          ref={panel}
          role="dialog"
          aria-label={t('add')}
          onKeyDown={(event) => {
            if (event.key === 'Escape') add([]);
          }}
        >
          <p>{t('add.hint')}</p>
          <button type="button" className="button" onClick={chooseFiles}>
            {t('add.files')}
          </button>
          <button type="button" className="button" onClick={chooseFolder}>
            {t('add.folder')}
          </button>
        </div>
      )}
      <input
        type="file"
        hidden
        multiple
        ref={files}
        data-upload="files"
        aria-label={t('add.files')}
        onChange={({ currentTarget }) => chosen(currentTarget)}
      />
      <input
        type="file"
        hidden
        multiple
        {...WHOLE_FOLDER}
        ref={folder}
        data-upload="folder"
        aria-label={t('add.folder')}
        onChange={({ currentTarget }) => chosen(currentTarget)}
      />
    </div>
  );
}
