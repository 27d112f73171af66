export { classifyIp, type IpClass, isGloballyReachable, parseIp } from './classify-ip.ts';
export { msticpyIpType } from './msticpy-type.ts';
export { IP_TYPES, type IpType } from './special-purpose.ts';
