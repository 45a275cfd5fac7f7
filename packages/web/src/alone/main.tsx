import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../look/base.css';
import { startWords } from '../words/index.ts';
import { AlonePage } from './alone-page.tsx';

/** As chosen in the workbench, where there is one at this address. */
const theme = localStorage.getItem('promontory.theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;

await startWords();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <AlonePage />
  </StrictMode>,
);
