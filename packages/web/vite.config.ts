import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { models, offlineAssets } from './offline-assets.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('./package.json'), 'utf8')) as { version: string };

/** Packages made for Node as well ask for its modules on ways that are not taken in a browser. */
const withoutNode = (): Plugin => ({
  name: 'promontory-without-node',
  enforce: 'pre',
  resolveId: (id, importer) =>
    importer?.includes('node_modules') && /^(fs|path|url)$/.test(id) ? '\0without-node' : undefined,
  load: (id) => (id === '\0without-node' ? 'export default {};' : undefined),
});

/** The workbench (served under `/workbench/`) and the page that reads in the browser alone (`alone.html`). */
export default defineConfig({
  root: here('.'),
  // Relative: the built folder works under any path, also on a plain file host.
  base: './',
  plugins: [withoutNode(), react(), models(here('../../models')), offlineAssets()],
  define: { __VERSION__: JSON.stringify(version) },
  // ONNX Runtime starts its threads from a file of its own, which it cannot do when it is bundled.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  worker: { format: 'es', plugins: () => [withoutNode()] },
  build: {
    target: 'es2024',
    outDir: here('./dist'),
    emptyOutDir: true,
    // The images' library is one large piece; it is loaded with the viewer only.
    chunkSizeWarningLimit: 6000,
    rolldownOptions: {
      input: {
        workbench: here('./index.html'),
        alone: here('./alone.html'),
        sw: here('./src/alone/offline/service-worker.ts'),
      },
      // A service worker governs the folder that it lies in, under a name that stays.
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
});
