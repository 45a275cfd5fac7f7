export { chooseLanguage, directionOf, LANGUAGES, type Language, startWords } from './words.ts';
