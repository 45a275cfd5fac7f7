/** A channel of texts to a client: the port, and WebSocket as its adapter (RFC 6455). */
export { CloseCode, type TextChannel } from './channel.ts';
export {
  acceptWebSocket,
  keyOf,
  WEB_SOCKET_RULES,
  type WebSocketRules,
  wantsWebSocket,
} from './web-socket.ts';
