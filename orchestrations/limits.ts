/** History holds references, counts and hashes: an activity's result may be no longer than this. */
export const MAX_RESULT_BYTES = 16 * 1024;

/** Names of the functions, so that a caller and a registration cannot differ. */
export const names = {
  investigate: 'investigate',
  runStep: 'run-step',
  planInvestigation: 'plan-investigation',
  executeStep: 'execute-step',
  finishInvestigation: 'finish-investigation',
  publishInvestigation: 'publish-investigation',
  queryInChunks: 'query-in-chunks',
  askService: 'ask-service',
  estimateQuery: 'estimate-query',
  searchJob: 'search-job',
  queryChunk: 'query-chunk',
  joinChunks: 'join-chunks',
  lease: 'lease',
} as const;
