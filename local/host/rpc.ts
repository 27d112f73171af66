/** The worker protocol's value union: exactly one member is set; none at all means "no value". */
export interface RpcData {
  string?: string | null;
  json?: string | null;
  bytes?: Uint8Array | null;
  int?: number | null;
  double?: number | null;
  http?: RpcHttp | null;
}

/** A string that may be absent, as the protocol wraps it. */
export interface RpcNullable<T> {
  value?: T;
}

export interface RpcCookie {
  name: string;
  value: string;
  domain?: RpcNullable<string> | null;
  path?: RpcNullable<string> | null;
  expires?: RpcNullable<{ seconds: number | string; nanos?: number }> | null;
  secure?: RpcNullable<boolean> | null;
  httpOnly?: RpcNullable<boolean> | null;
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone' | number | null;
  maxAge?: RpcNullable<number> | null;
}

/** An HTTP request towards the app, or its response back. */
export interface RpcHttp {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  nullableHeaders?: Record<string, RpcNullable<string>>;
  nullableParams?: Record<string, RpcNullable<string>>;
  nullableQuery?: Record<string, RpcNullable<string>>;
  body?: RpcData | null;
  statusCode?: string;
  cookies?: RpcCookie[];
}

/** The JSON text that the durable extension stores for what a function returned: strings quoted, bytes as base64. */
export function toJsonText(data: RpcData | null | undefined): string | null {
  if (!data) return null;
  if (data.json !== undefined && data.json !== null) return data.json;
  if (data.string !== undefined && data.string !== null) return JSON.stringify(data.string);
  if (data.int !== undefined && data.int !== null) return String(data.int);
  if (data.double !== undefined && data.double !== null) return String(data.double);
  if (data.bytes) return JSON.stringify(Buffer.from(data.bytes).toString('base64'));
  return null;
}
