import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ResultPicture } from '../reading/messages.ts';
import { pictureToPng, save } from '../save.ts';

/** The address of a picture's bytes, for as long as it is shown. */
function usePictureAddress({ svg }: ResultPicture): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return address;
}

/** As an image: whatever it holds can load and run nothing. */
export function PictureView({ picture }: { readonly picture: ResultPicture }) {
  const address = usePictureAddress(picture);
  const { widthPx, heightPx, alt } = picture;
  return (
    <img
      src={address}
      width={Math.round(widthPx)}
      height={Math.round(heightPx)}
      alt={alt}
      lang="en"
      dir="ltr"
    />
  );
}

export function KeyImages({ pictures }: { readonly pictures: readonly ResultPicture[] }) {
  const { t } = useTranslation('alone');
  const [shown, setShown] = useState<ResultPicture>();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (shown !== undefined) dialog.current?.showModal();
  }, [shown]);
  if (pictures.length === 0) return null;
  return (
    <section aria-labelledby="pictures-title">
      <h2 id="pictures-title">{t('result.pictures')}</h2>
      <p className="result-note">{t('result.pictures.note')}</p>
      <ul className="result-pictures">
        {pictures.map((picture) => (
          <li key={picture.name}>
            <button
              type="button"
              aria-label={t('result.enlarge', { name: picture.name })}
              onClick={() => setShown(picture)}
            >
              <PictureView picture={picture} />
            </button>
          </li>
        ))}
      </ul>
      <dialog
        ref={dialog}
        className="result-dialog"
        aria-label={shown?.name ?? ''}
        onClose={() => setShown(undefined)}
      >
        {shown && <PictureView picture={shown} />}
        <div className="alone-row">
          <button type="button" className="button primary" onClick={() => dialog.current?.close()}>
            {t('result.close')}
          </button>
          {shown && <SavePicture picture={shown} />}
        </div>
      </dialog>
    </section>
  );
}

function SavePicture({ picture }: { readonly picture: ResultPicture }) {
  const { t } = useTranslation('alone');
  const [failed, setFailed] = useState(false);
  const keep = () =>
    pictureToPng(picture).then(
      (bytes) => save({ path: `${picture.name}.png`, bytes: new Uint8Array(bytes) }),
      () => setFailed(true),
    );
  return (
    <>
      <button type="button" className="button" onClick={() => void keep()}>
        {t('save.picture')}
      </button>
      {failed && <p role="alert">{t('save.failed')}</p>}
    </>
  );
}
