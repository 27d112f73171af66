import type { FunctionsRuntime } from '../host/functions-runtime.ts';
import type { HostedFunction } from '../host/model.ts';
import { type RpcData, toJsonText } from '../host/rpc.ts';

/** Runs an activity. @returns JSON text of its result, null for nothing @throws what it threw */
export async function callActivity(
  runtime: FunctionsRuntime,
  hosted: HostedFunction,
  instanceId: string,
  input: string | null,
): Promise<string | null> {
  const data = activityInput(input);
  const metadata = activityMetadata(hosted.triggerName, instanceId, input, data);
  const { returnValue } = await runtime.invoke(hosted, data, { triggerMetadata: metadata });
  return toJsonText(returnValue);
}

/** As Azure passes it on: nothing for null, and a bare boolean as a .NET string. */
function activityInput(input: string | null): RpcData {
  if (input === null || input === 'null') return {};
  return { string: dotNetText(input) };
}

const dotNetText = (json: string): string => (json === 'true' ? 'True' : json === 'false' ? 'False' : json);

/** The binding's own name, `data`, and the top-level fields of an object, as the real host gives them. */
function activityMetadata(
  bindingName: string,
  instanceId: string,
  input: string | null,
  data: RpcData,
): Record<string, RpcData> {
  const metadata: Record<string, RpcData> = { instanceId: { string: instanceId } };
  if (data.string === undefined || data.string === null || input === null) return metadata;
  metadata[bindingName] = data;
  metadata['data'] = { json: input.startsWith('"') ? JSON.stringify(input) : input };
  if (!input.startsWith('{')) return metadata;
  for (const [key, value] of Object.entries(JSON.parse(input) as Record<string, unknown>)) {
    if (value === null || key in metadata) continue;
    metadata[key] = typeof value === 'object' ? { json: JSON.stringify(value) } : { string: dotNetText(String(value)) };
  }
  return metadata;
}
