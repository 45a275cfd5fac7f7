export { accessRoutes } from './access-routes.ts';
export { dicomwebRoutes } from './dicomweb-routes.ts';
export { openApiOf } from './openapi.ts';
export { pageRoutes } from './page-routes.ts';
export { readingsRoutes } from './readings-routes.ts';
export { HttpRefusal, type Route } from './route.ts';
export { type HttpServer, type HttpSettings, listenHttp } from './server.ts';
export { serverRoutes } from './server-routes.ts';
export { workitemRoutes } from './workitem-routes.ts';
