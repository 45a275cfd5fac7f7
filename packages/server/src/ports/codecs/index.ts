export { createNodeCodecs } from './node-codecs.ts';
