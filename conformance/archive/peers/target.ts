/** An archive that answers DICOMweb. */
export interface Target {
  readonly name: string;
  /** `http://127.0.0.1:8042/dicom-web` */
  readonly root: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pid: number;
}
