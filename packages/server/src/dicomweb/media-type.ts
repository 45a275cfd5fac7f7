export {
  formatMediaType,
  MAX_HEADER_LENGTH,
  type MediaRange,
  type MediaType,
  parseAccept,
  parseMediaType,
} from '../ports/mime/index.ts';
