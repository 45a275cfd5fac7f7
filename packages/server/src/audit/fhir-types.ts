/** FHIR R4 AuditEvent, as far as we write it. http://hl7.org/fhir/R4/auditevent.html */

export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export interface Concept {
  readonly coding: readonly Coding[];
}

export interface Reference {
  readonly type?: string;
  readonly display?: string;
  readonly identifier?: { readonly system?: string; readonly value: string };
}

export interface Agent {
  readonly type?: Concept;
  readonly who?: Reference;
  readonly requestor: boolean;
  readonly network?: {
    readonly address: string;
    /** Machine name, IP address, URI. */
    readonly type: '1' | '2' | '5';
  };
}

export interface Entity {
  readonly what?: Reference;
  readonly type: Coding;
  readonly role: Coding;
  readonly name?: string;
  /** Base64. */
  readonly query?: string;
  readonly detail?: readonly { readonly type: string; readonly valueString: string }[];
}

export interface AuditEventResource {
  readonly resourceType: 'AuditEvent';
  readonly id: string;
  readonly meta?: { readonly profile: readonly string[] };
  readonly type: Coding;
  readonly subtype?: readonly Coding[];
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  readonly recorded: string;
  readonly outcome: '0' | '4' | '8' | '12';
  readonly purposeOfEvent?: readonly Concept[];
  readonly agent: readonly Agent[];
  readonly source: { readonly observer: Reference; readonly type: readonly Coding[] };
  readonly entity: readonly Entity[];
}
