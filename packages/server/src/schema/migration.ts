export interface Migration {
  /** Its place in the order, and its name in the table `schema_migration`. */
  readonly id: string;
  readonly sql: string;
}
