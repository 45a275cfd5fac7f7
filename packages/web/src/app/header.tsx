import {
  Button,
  Dialog,
  DialogTrigger,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
} from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { chooseTheme, storedTheme, THEMES, type Theme } from '../look/index.ts';
import { sendJson } from '../server/index.ts';
import { chooseLanguage, LANGUAGES, type Language } from '../words/index.ts';
import './header.css';
import { useMe } from './signed-in.tsx';
import { useIsNarrow } from './use-is-narrow.ts';

async function signOut(): Promise<void> {
  await sendJson('POST', '/api/access/sign-out').catch(() => {});
  location.assign('/');
}

/** The bar over every page. `openHelp`: shows the shortcuts. */
export function Header({ openHelp }: { readonly openHelp: () => void }) {
  const { t } = useTranslation('app');
  const isNarrow = useIsNarrow();
  return (
    <header className="bar">
      <button type="button" className="button visually-hidden skip" onClick={focusContent}>
        {t('skip')}
      </button>
      <Link className="bar-title" href="/">
        <img src="./icon.svg" alt="" width="28" height="28" />
        <span>{t('title')}</span>
      </Link>
      <nav aria-label={t('nav.label')} className="bar-nav">
        <Link href="/">{t('nav.worklist')}</Link>
        {!isNarrow && <OtherPages />}
      </nav>
      {isNarrow ? (
        <DialogTrigger>
          <Button className="button quiet bar-menu">{t('menu')}</Button>
          <Popover className="choice-list">
            <Dialog className="bar-tools bar-tools-list" aria-label={t('menu')}>
              <OtherPages />
              <Tools openHelp={openHelp} />
            </Dialog>
          </Popover>
        </DialogTrigger>
      ) : (
        <div className="bar-tools">
          <Tools openHelp={openHelp} />
        </div>
      )}
    </header>
  );
}

/** Pages that stand beside the workbench. */
function OtherPages() {
  const { t } = useTranslation('app');
  return (
    <>
      <a className="bar-link" href="./alone.html">
        {t('nav.alone')}
      </a>
      <a className="bar-link" href="/#studies">
        {t('nav.archive')}
      </a>
    </>
  );
}

function Tools({ openHelp }: { readonly openHelp: () => void }) {
  const { t, i18n } = useTranslation('app');
  const me = useMe();
  return (
    <>
      <button type="button" className="button quiet" onClick={openHelp} aria-keyshortcuts="?">
        {t('help')}
      </button>
      <Choice<Language>
        label={t('language')}
        value={i18n.language as Language}
        options={Object.entries(LANGUAGES) as [Language, string][]}
        choose={(language) => void chooseLanguage(language)}
      />
      <Choice<Theme>
        label={t('theme')}
        value={storedTheme()}
        options={THEMES.map((theme) => [theme, t(`theme.${theme}`)])}
        choose={chooseTheme}
      />
      <button type="button" className="button quiet" onClick={() => void signOut()}>
        <bdi className="bar-person">{me.account.displayName}</bdi>
        <span>{t('sign-out')}</span>
      </button>
    </>
  );
}

/** The router owns what stands after `#`: the content is focused, not addressed. */
const focusContent = (): void => document.querySelector<HTMLElement>('main')?.focus();

function Choice<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly choose: (value: T) => void;
}) {
  return (
    <Select
      className="choice"
      defaultValue={props.value}
      onChange={(key) => {
        if (key !== null) props.choose(key as T);
      }}
    >
      <Label className="visually-hidden">{props.label}</Label>
      <Button className="button quiet">
        <SelectValue />
        <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="choice-list">
        <ListBox>
          {props.options.map(([id, text]) => (
            <ListBoxItem key={id} id={id} className="choice-item" textValue={text}>
              <span lang={id in LANGUAGES ? id : undefined}>{text}</span>
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
