/** A process of its own for tests that kill it: `host-main <appFile> <folder>`, prints its address when it is ready. */
import { startEmbeddedHost } from '../../../local/embedded-host.ts';

const [, , appFile = '', folder = ''] = process.argv;
const host = await startEmbeddedHost({ appFile, folder, management: true, timers: false });
process.stdout.write(`ready ${host.url} ${host.managementKey}\n`);
process.once('SIGTERM', () => void host.stop().then(() => process.exit(0)));
