/** Rows marked Y that are not built yet. Whoever builds one moves it up; a row that answers must not be here. */
export const missing: readonly string[] = [];

/** Rows marked Y in the table of reference section 2.3. */
export const called: readonly string[] = [
  'POST /processes/{workflow_key}',
  'PUT /processes/{id}/resume',
  'PUT /processes/resume-all',
  'PUT /processes/{id}/abort',
  'PATCH /processes/{id}',
  'DELETE /processes/{id}',
  'GET /processes/status-counts',
  'GET /processes/{id}',
  'GET /subscriptions/workflows/{id}',
  'PUT /subscriptions/{id}/set_in_sync',
  'PATCH /products/{id}',
  'PATCH /product_blocks/{id}',
  'PATCH /resource_types/{id}',
  'PATCH /workflows/{id}',
  'POST /subscription_customer_descriptions/',
  'PUT /subscription_customer_descriptions/',
  'GET /settings/status',
  'PUT /settings/status',
  'GET /settings/worker-status',
  'GET /settings/cache-names',
  'DELETE /settings/cache/{name}',
  'POST /settings/search-index/reset',
  'GET /settings/overview',
  'GET /translations/{ll-CC}',
  'POST /forms/{form_key}',
  'POST /schedules/',
  'DELETE /schedules/',
];
