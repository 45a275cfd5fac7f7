import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../look/base.css';
import { startWords } from '../words/index.ts';
import { App } from './app.tsx';
import { applyTheme } from './theme.ts';

applyTheme();
await startWords();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
