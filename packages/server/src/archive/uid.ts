/** UIDs of clients: PS3.5 section 9.1, lenient about leading zeros only. Checked before any of them is used. */
const UID = /^[0-9]+(\.[0-9]+)*$/;
const LONGEST = 64;

export const isUid = (text: string | undefined): text is string =>
  text !== undefined && text.length <= LONGEST && UID.test(text);
