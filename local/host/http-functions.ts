import type { FunctionsRuntime } from './functions-runtime.ts';
import type { HostRequest, HostResponse, RequestHandler } from './http-types.ts';
import type { HostedFunction } from './model.ts';
import { compileRoute, type Route } from './routes.ts';
import type { RpcCookie, RpcHttp, RpcNullable } from './rpc.ts';

interface HttpFunction {
  readonly hosted: HostedFunction;
  readonly methods: ReadonlySet<string>;
  readonly route: Route;
}

/** Answers requests to the app's own HTTP functions. A path with no function, or a wrong method, is 404 as in Azure. */
export function httpFunctions(runtime: FunctionsRuntime, routePrefix: string): RequestHandler {
  const functions = runtime.registry
    .withTrigger('httpTrigger')
    .map((hosted): HttpFunction => {
      const { methods, route } = hosted.trigger;
      const given = Array.isArray(methods) ? (methods as string[]) : ['GET', 'POST'];
      const template = `${routePrefix}/${typeof route === 'string' ? route : hosted.name}`;
      return {
        hosted,
        methods: new Set(given.map((method) => method.toUpperCase())),
        route: compileRoute(template),
      };
    })
    .sort((a, b) => (a.route.precedence < b.route.precedence ? -1 : 1));
  return async (request) => {
    for (const { hosted, methods, route } of functions) {
      if (!methods.has(request.method)) continue;
      const parameters = route.match(request.url.pathname);
      if (parameters) return call(runtime, hosted, request, parameters);
    }
    return undefined;
  };
}

async function call(
  runtime: FunctionsRuntime,
  hosted: HostedFunction,
  request: HostRequest,
  parameters: Record<string, string>,
): Promise<HostResponse> {
  try {
    const result = await runtime.invoke(hosted, { http: toRpcHttp(request, parameters) });
    const direct = result.returnValue?.http;
    const http = direct ?? [...result.outputs.values()].find((output) => output.http)?.http;
    return http ? toResponse(http) : { status: 204 };
  } catch (thrown) {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    runtime.log({ level: 'error', category: 'host', message: text, functionName: hosted.name });
    return { status: 500 };
  }
}

const nullable = (values: Record<string, string>): Record<string, RpcNullable<string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

function toRpcHttp(request: HostRequest, parameters: Record<string, string>): RpcHttp {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const query: Record<string, string> = {};
  for (const [name, value] of request.url.searchParams) query[name] = name in query ? `${query[name]},${value}` : value;
  return {
    method: request.method,
    url: request.url.href,
    nullableHeaders: nullable(headers),
    nullableParams: nullable(parameters),
    nullableQuery: nullable(query),
    body: request.body.length > 0 ? { bytes: request.body } : null,
  };
}

function toResponse(http: RpcHttp): HostResponse {
  const headers: Record<string, string | string[]> = { ...http.headers };
  if (http.cookies && http.cookies.length > 0) headers['set-cookie'] = http.cookies.map(cookieText);
  const { bytes, string, json } = http.body ?? {};
  return { status: Number(http.statusCode ?? 200), headers, body: bytes ?? string ?? json ?? '' };
}

/** By the protocol's numbers and names; the first of them says nothing. */
const SAME_SITE: Readonly<Record<string, string>> = {
  1: 'Lax',
  2: 'Strict',
  3: 'None',
  lax: 'Lax',
  strict: 'Strict',
  explicitNone: 'None',
};

function cookieText(cookie: RpcCookie): string {
  const parts = [`${cookie.name}=${encodeURIComponent(cookie.value)}`];
  if (cookie.domain?.value) parts.push(`Domain=${cookie.domain.value}`);
  if (cookie.path?.value) parts.push(`Path=${cookie.path.value}`);
  if (cookie.maxAge?.value !== undefined) parts.push(`Max-Age=${cookie.maxAge.value}`);
  if (cookie.expires?.value)
    parts.push(`Expires=${new Date(Number(cookie.expires.value.seconds) * 1000).toUTCString()}`);
  if (cookie.secure?.value) parts.push('Secure');
  if (cookie.httpOnly?.value) parts.push('HttpOnly');
  const sameSite = SAME_SITE[String(cookie.sameSite)];
  if (sameSite) parts.push(`SameSite=${sameSite}`);
  return parts.join('; ');
}
