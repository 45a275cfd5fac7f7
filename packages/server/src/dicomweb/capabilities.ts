/** What the service can do: PS3.18 section 8.9, as WADL made from the table of routes. */
import { type Answer, DICOM, DICOM_JSON, DICOM_XML, JSON_TYPE, jsonBytes, OCTETS } from './answer.ts';
import { negotiate, type Wanted } from './negotiate.ts';
import { FRAME_MEDIA_TYPES, MAKEABLE } from './transfer-syntaxes.ts';

export interface Capability {
  readonly method: string;
  /** Below the service's root, `:name` for a segment: `/studies/:study`. */
  readonly path: string;
  readonly summary: string;
  /** Media types of what is sent, and of the answer. */
  readonly takes?: readonly string[];
  readonly gives?: readonly string[];
  readonly parameters?: readonly string[];
}

const related = (type: string): string => `multipart/related; type="${type}"`;

/** Media types that each kind of resource comes in; the negotiation of each is beside its resource. */
export const GIVES = {
  instances: [related(DICOM)],
  instance: [related(DICOM), DICOM],
  metadata: [DICOM_JSON, JSON_TYPE, related(DICOM_XML)],
  stored: [DICOM_JSON, JSON_TYPE, DICOM_XML],
  frames: [related(OCTETS), OCTETS, ...FRAME_MEDIA_TYPES.flatMap((type) => [related(type), type])],
  bulk: [OCTETS, related(OCTETS)],
  rendered: [related('image/jpeg'), related('image/png')],
  renderedOne: ['image/jpeg', 'image/png', related('image/jpeg'), related('image/png')],
  thumbnail: ['image/jpeg', 'image/png'],
} as const;

const WADL = 'application/vnd.sun.wadl+xml';
const OFFERS = [
  { type: WADL, multipart: false },
  { type: JSON_TYPE, multipart: false },
  { type: 'application/xml', multipart: false },
] as const;

/** @throws DicomwebRefusal not-acceptable */
export function capabilities(table: readonly Capability[], baseUrl: string, wanted: Wanted): Answer {
  const [{ offer }] = negotiate(wanted, OFFERS);
  const body =
    offer.type === JSON_TYPE
      ? jsonBytes({ base: baseUrl, transferSyntaxes: MAKEABLE, resources: table.map(templated) })
      : Buffer.from(wadl(table.map(templated), baseUrl));
  return { status: 200, headers: { 'content-type': offer.type }, body };
}

const templated = (capability: Capability): Capability => ({
  ...capability,
  path: capability.path.replace(/:(\w+)/g, '{$1}').replace('*', '{path}'),
});

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (value: string): string => value.replace(/[&<>"]/g, (character) => ESCAPES[character]);

function wadl(table: readonly Capability[], baseUrl: string): string {
  const byPath = Map.groupBy(table, ({ path }) => path);
  const resources = [...byPath].map(
    ([path, methods]) =>
      `    <resource path="${text(path.replace(/^\//, ''))}">\n${templateParams(path)}${methods.map(method).join('')}    </resource>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<application xmlns="http://wadl.dev.java.net/2009/02">
  <resources base="${text(baseUrl)}">
${resources.join('')}  </resources>
</application>
`;
}

const templateParams = (path: string): string =>
  [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => `      <param name="${name}" style="template" required="true"/>\n`)
    .join('');

function method({ method: name, summary, takes = [], gives = [], parameters = [] }: Capability): string {
  const media = (type: string) => `          <representation mediaType="${text(type)}"/>\n`;
  const asked = parameters.map((each) => `          <param name="${text(each)}" style="query"/>\n`).join('');
  return `      <method name="${name}">
        <doc>${text(summary)}</doc>
        <request>
${asked}${takes.map(media).join('')}        </request>
        <response>
${gives.map(media).join('')}        </response>
      </method>
`;
}
