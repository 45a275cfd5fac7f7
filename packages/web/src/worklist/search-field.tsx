import { type Ref, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** While somebody types, the server is asked at pauses only, ms. */
const PAUSE_MS = 150;

export function SearchField(props: {
  readonly text: string;
  readonly search: (text: string) => void;
  readonly field: Ref<HTMLInputElement>;
}) {
  const { text, search, field } = props;
  const { t } = useTranslation('worklist');
  const [typed, setTyped] = useState(text);
  const told = useRef(text);
  // The address changed by other means: a saved view, going back.
  useEffect(() => {
    if (text === told.current) return;
    told.current = text;
    setTyped(text);
  }, [text]);
  useEffect(() => {
    if (typed === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed.trim();
      search(typed.trim());
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, search]);
  return (
    <input
      type="search"
      className="field search"
      ref={field}
      aria-label={t('search')}
      aria-keyshortcuts="/"
      placeholder={t('search.hint')}
      maxLength={64}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && typed === '') event.currentTarget.blur();
      }}
    />
  );
}
