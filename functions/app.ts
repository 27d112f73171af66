/** The app: everything that is registered with the Functions host. The build makes one file of it, `dist/app.cjs`. */
import './activities/execute-step.ts';
import './activities/finish-investigation.ts';
import './activities/plan-investigation.ts';
import './activities/publish-investigation.ts';
import './activities/query-chunks.ts';
import './catalog.ts';
import './hunts.ts';
import './investigations.ts';
import './orchestrators.ts';
import './page.ts';
import './sentinel-incident.ts';
