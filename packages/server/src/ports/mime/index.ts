/** Media types and multipart bodies, as they come from outside: to us as a server, and to us as a client. */
export {
  formatMediaType,
  MAX_HEADER_LENGTH,
  type MediaRange,
  type MediaType,
  parseAccept,
  parseMediaType,
} from './media-type.ts';
export {
  DEFAULT_PART_LIMITS,
  MultipartRefused,
  type Part,
  type PartLimits,
  readMultipart,
} from './multipart-reader.ts';
