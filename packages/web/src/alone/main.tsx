import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../look/base.css';
import { showTheme, storedTheme } from '../look/index.ts';
import { startWords } from '../words/index.ts';
import { AlonePage } from './alone-page.tsx';

// As chosen in the workbench, where there is one at this address.
showTheme(storedTheme());

await startWords();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <AlonePage />
  </StrictMode>,
);
