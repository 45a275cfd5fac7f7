import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../look/base.css';
import { showTheme, storedTheme } from '../look/index.ts';
import { startWords } from '../words/index.ts';
import { App } from './app.tsx';

showTheme(storedTheme());
await startWords();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
