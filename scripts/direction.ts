/**
 * Holds the imports against the direction of docs/architecture.md: which room may import which, only through a room's
 * index, no cycle, type imports included. Tests may reach across rooms of the same package.
 *
 *   node scripts/direction.ts
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** Room → rooms it may import. Every core room may import `fault`. */
const CORE: Readonly<Record<string, readonly string[]>> = {
  fault: [],
  geometry: [],
  dicom: [],
  pixels: ['dicom', 'geometry'],
  formats: ['pixels', 'geometry'],
  spine: ['geometry'],
  norms: ['spine', 'geometry'],
  deid: ['dicom', 'pixels'],
  reading: ['spine', 'geometry', 'pixels', 'dicom', 'formats'],
  phantom: ['spine', 'geometry', 'pixels', 'dicom', 'formats'],
  review: ['spine', 'geometry'],
  validation: ['spine', 'geometry'],
  results: ['review', 'spine', 'geometry'],
  objects: ['results', 'review', 'spine', 'geometry', 'pixels', 'formats', 'dicom'],
  fhir: ['results', 'review', 'spine', 'geometry'],
  report: ['norms', 'spine', 'geometry', 'pixels', 'dicom'],
  document: ['results', 'review', 'report', 'norms', 'spine', 'geometry'],
  patient: ['results', 'review', 'report', 'norms', 'spine', 'geometry'],
  draw: ['validation', 'report', 'reading', 'norms', 'spine', 'geometry', 'pixels', 'formats'],
};
/** Server rooms, lowest first; rooms of one floor do not know each other. The command line is the composition root. */
const BELOW_GATE = ['audit', 'schema', 'ports'];
const SERVER: Readonly<Record<string, readonly string[]>> = {
  ports: [],
  schema: ['ports'],
  audit: ['schema', 'ports'],
  access: BELOW_GATE,
  jobs: BELOW_GATE,
  pacs: ['schema', 'ports'],
  'reading-run': ['ports'],
  archive: ['access', ...BELOW_GATE],
  consent: ['archive', 'access', ...BELOW_GATE],
  upkeep: ['archive', 'access', ...BELOW_GATE],
  exports: ['consent', 'archive', 'access', ...BELOW_GATE],
  following: ['archive', 'pacs', 'access', ...BELOW_GATE],
  dicomweb: ['archive', 'access', ...BELOW_GATE],
  dimse: ['archive', 'access', ...BELOW_GATE],
  readings: ['archive', 'reading-run', 'jobs', 'access', ...BELOW_GATE],
  review: ['readings', 'archive', 'access', ...BELOW_GATE],
  'reading-list': ['readings', 'archive', 'access', ...BELOW_GATE],
  http: [
    'exports',
    'consent',
    'dicomweb',
    'review',
    'reading-list',
    'readings',
    'archive',
    'access',
    'jobs',
    ...BELOW_GATE,
  ],
  cli: [
    'http',
    'dimse',
    'dicomweb',
    'exports',
    'following',
    'consent',
    'review',
    'reading-list',
    'readings',
    'upkeep',
    'pacs',
    'archive',
    'reading-run',
    'jobs',
    'access',
    ...BELOW_GATE,
  ],
};
/** Web rooms, lowest first. */
const WEB_GROUND = ['look', 'words', 'server'];
const WEB: Readonly<Record<string, readonly string[]>> = {
  look: [],
  words: [],
  server: [],
  journal: ['server'],
  images: ['server'],
  study: ['journal', 'images', ...WEB_GROUND],
  layers: ['study', 'images', ...WEB_GROUND],
  upload: WEB_GROUND,
  worklist: ['upload', ...WEB_GROUND],
  spine3d: ['layers', 'study', ...WEB_GROUND],
  viewer: ['spine3d', 'layers', 'study', 'images', ...WEB_GROUND],
  review: ['layers', 'study', ...WEB_GROUND],
  alone: ['viewer', 'review', 'layers', 'study', 'images', ...WEB_GROUND],
  app: ['worklist', 'viewer', 'layers', 'review', 'study', 'journal', ...WEB_GROUND],
};
const RULES: Readonly<Record<string, typeof CORE>> = { core: CORE, server: SERVER, web: WEB };
const PACKAGES: Readonly<Record<string, readonly string[]>> = { core: [], server: ['core'], web: ['core'] };

interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g;
const isTest = (file: string): boolean => /\.(test|testing|fixture)\.tsx?$/.test(file);

/** Imports of a file, comments aside. */
function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, ' '));
  return [...text.matchAll(IMPORT)].map((m) => ({
    file,
    line: text.slice(0, m.index).split('\n').length,
    specifier: m[1] ?? m[2] ?? m[3],
  }));
}

const place = (file: string) => {
  const [, pack, , room = ''] = file.split('/');
  return { pack, room };
};

const problems: string[] = [];
const edges = new Map<string, string[]>();
const files = globSync('packages/*/src/**/*.{ts,tsx}');
for (const file of files) {
  const from = place(file);
  const rules = RULES[from.pack] ?? {};
  for (const { line, specifier } of importsOf(file)) {
    const complain = (why: string) => problems.push(`${file}:${line} imports ${specifier}: ${why}`);
    const own = /^@promontory\/([a-z]+)\/?(.*)$/.exec(specifier);
    if (own !== null) {
      if (!PACKAGES[from.pack].includes(own[1])) complain(`${from.pack} may not import ${own[1]}`);
      continue;
    }
    if (/\.(json|css)(\?.*)?$/.test(specifier)) continue;
    if (!specifier.startsWith('.')) {
      if (from.pack === 'core' && specifier.startsWith('node:') && !isTest(file))
        complain('core knows no Node');
      continue;
    }
    const target = normalize(join(dirname(file), specifier));
    edges.set(file, [...(edges.get(file) ?? []), target]);
    const to = place(target);
    if (to.pack !== from.pack) {
      if (!isTest(file)) complain('packages are imported by name');
      continue;
    }
    if (to.room === from.room || isTest(file) || isTest(target)) continue;
    const allowed = [...(rules[from.room] ?? []), ...(from.pack === 'core' ? ['fault'] : [])];
    if (!allowed.includes(to.room)) complain(`${from.room} may not import ${to.room}`);
    else if (
      from.pack !== 'server' &&
      relative(`packages/${from.pack}/src/${to.room}`, target) !== 'index.ts'
    ) {
      complain(`go through ${to.room}/index.ts`);
    }
  }
}

/** Depth-first search for cycles, each reported once. */
const state = new Map<string, 'open' | 'done'>();
function visit(file: string, path: readonly string[]): void {
  if (state.get(file) === 'done') return;
  if (state.get(file) === 'open') {
    problems.push(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
    return;
  }
  state.set(file, 'open');
  for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
  state.set(file, 'done');
}
for (const file of files.filter((f) => !isTest(f))) visit(file, []);

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`${files.length} files, ${problems.length} wrong imports\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
