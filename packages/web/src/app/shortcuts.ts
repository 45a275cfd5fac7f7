/** A key and what it does, as each room exports them. `textKey` stands in the catalogue of `room`. */
export interface Shortcuts {
  readonly room: string;
  readonly list: readonly { readonly keys: string; readonly textKey: string }[];
}
