import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The workbench (served under `/workbench/`) and the page that reads in the browser alone (`alone.html`). */
export default defineConfig({
  root: here('.'),
  // Relative: the built folder works under any path, also on a plain file host.
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: 'es2024',
    outDir: here('./dist'),
    emptyOutDir: true,
    // The images' library is one large piece; it is loaded with the viewer only.
    chunkSizeWarningLimit: 6000,
    rolldownOptions: { input: { workbench: here('./index.html'), alone: here('./alone.html') } },
  },
});
