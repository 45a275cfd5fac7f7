/** Questions that are asked again and again, by names of the reader's own; kept by the server for the account. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { plainText } from '../look/index.ts';
import { getJson, sendJson } from '../server/index.ts';
import { viewOf } from './list-query.ts';
import { putSearch } from './use-list-query.ts';

interface View {
  readonly name: string;
  /** As in the address. */
  readonly query: string;
}
interface Views {
  readonly views: readonly View[];
}

const PATH = '/api/worklist/views';
const KEY = ['worklist', 'views'];

export function SavedViews({ search }: { readonly search: string }) {
  const { t } = useTranslation('worklist');
  const present = viewOf(search);
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const views = useQuery({ queryKey: KEY, queryFn: () => getJson<Views>(PATH), enabled: isOpen });
  const list = views.data?.views ?? [];
  const keep = useMutation({
    mutationFn: (next: readonly View[]) => sendJson<unknown>('PUT', PATH, { views: next }),
    onMutate: (next) => client.setQueryData<Views>(KEY, { views: next }),
    onError: () => client.invalidateQueries({ queryKey: KEY }),
  });

  useEffect(() => {
    if (!isOpen) return;
    panel.current?.focus();
    const outside = ({ target }: Event) => {
      const at = target as Node;
      if (panel.current?.contains(at) !== true && button.current?.contains(at) !== true) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const put = (given: string) => {
    const view = { name: given, query: present };
    const isKnown = list.some((each) => each.name === given);
    keep.mutate(isKnown ? list.map((each) => (each.name === given ? view : each)) : [...list, view]);
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    const given = plainText(name).slice(0, 60);
    if (given === '') return;
    put(given);
    setName('');
  };

  return (
    <div className="views">
      <button
        type="button"
        className="button"
        ref={button}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {t('views')} <span aria-hidden="true">▾</span>
      </button>
      {isOpen && (
        <div
          className="views-panel"
          id={id}
          ref={panel}
          role="dialog"
          aria-label={t('views')}
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            close();
          }}
        >
          {views.isError && <p role="alert">{t('views.problem')}</p>}
          {list.length === 0 && !views.isPending && <p className="soft">{t('views.none')}</p>}
          <ul>
            {list.map((view) => (
              <li key={view.name}>
                <button
                  type="button"
                  className="button quiet views-apply"
                  aria-current={view.query === present}
                  onClick={() => {
                    putSearch(view.query);
                    close();
                  }}
                >
                  <bdi>{plainText(view.name)}</bdi>
                </button>
                <button
                  type="button"
                  className="button quiet"
                  aria-label={t('views.overwrite-named', { name: plainText(view.name) })}
                  disabled={view.query === present}
                  onClick={() => put(view.name)}
                >
                  {t('views.overwrite')}
                </button>
                <button
                  type="button"
                  className="button quiet"
                  aria-label={t('views.delete-named', { name: plainText(view.name) })}
                  onClick={() => keep.mutate(list.filter((each) => each.name !== view.name))}
                >
                  {t('views.delete')}
                </button>
              </li>
            ))}
          </ul>
          <form onSubmit={save} className="views-save">
            <label>
              <span>{t('views.name')}</span>
              <input
                className="field"
                value={name}
                maxLength={60}
                onChange={({ target }) => setName(target.value)}
              />
            </label>
            <button type="submit" className="button" disabled={plainText(name) === ''}>
              {t('views.save')}
            </button>
          </form>
          {present !== search && <p className="soft">{t('views.no-text')}</p>}
        </div>
      )}
    </div>
  );
}
