export { classifyIp, type IpClass, isGloballyReachable, parseIp } from './classify-ip.ts';
export { msticpyIpType } from './msticpy-type.ts';
export type { IpType } from './special-purpose.ts';
