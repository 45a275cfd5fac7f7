/** The texts of the pages, by catalogue: one JSON file for each room and language, keys flat, plurals as i18next writes them. */
import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';

/** Languages with a catalogue, by their own names. */
export const LANGUAGES = {
  en: 'English',
  es: 'Español',
  de: 'Deutsch',
  fr: 'Français',
  hi: 'हिन्दी',
  ar: 'العربية',
  zh: '中文',
} as const;
export type Language = keyof typeof LANGUAGES;

export const directionOf = (language: string): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr');

const CATALOGUES = import.meta.glob<Record<string, string>>('./catalogues/*/*.json', { import: 'default' });
const STORED = 'promontory.language';

const isLanguage = (text: string | null | undefined): text is Language =>
  text !== null && text !== undefined && text in LANGUAGES;

export function chosenLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (isLanguage(stored)) return stored;
  const wanted = navigator.languages.map((each) => each.slice(0, 2)).find(isLanguage);
  return wanted ?? 'en';
}

async function catalogueOf(language: Language): Promise<Record<string, Record<string, string>>> {
  const found = Object.entries(CATALOGUES).flatMap(([path, load]) => {
    const [, own, room] = /catalogues\/(\w+)\/([\w-]+)\.json$/.exec(path) ?? [];
    return own === language ? [load().then((texts) => [room as string, texts] as const)] : [];
  });
  return Object.fromEntries(await Promise.all(found));
}

function tellDocument(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

/** Catalogues: the room is the namespace: `useTranslation('worklist')`, `t('empty')`. English stands in for what is missing. */
export async function startWords(): Promise<i18n> {
  const language = chosenLanguage();
  const english = await catalogueOf('en');
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    ns: Object.keys(english),
    defaultNS: 'app',
    keySeparator: false,
    nsSeparator: false,
    // React makes text nodes of everything.
    interpolation: { escapeValue: false },
    resources: { en: english, ...(language === 'en' ? {} : { [language]: await catalogueOf(language) }) },
  });
  tellDocument(language);
  return i18next;
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  for (const [room, texts] of Object.entries(await catalogueOf(language)))
    i18next.addResourceBundle(language, room, texts, true, true);
  await i18next.changeLanguage(language);
  tellDocument(language);
}
