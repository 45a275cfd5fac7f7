export { calendarDay } from './calendar-day.ts';
export { personName, plainText } from './plain-text.ts';
export { Busy, Empty, Problem } from './states.tsx';
export { chooseTheme, showTheme, storedTheme, THEMES, type Theme } from './theme.ts';
export { TYPED_INTO } from './typed-into.ts';
