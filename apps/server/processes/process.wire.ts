import { catalogueId } from '../products/catalogue.views.js';

/** Workflows have no rows here: the id that the Workflow Orchestrator's clients ask for follows from the name, so it never changes. */
export const withWorkflowId = <P extends { readonly workflow_name: string }>(process: P) => ({
  ...process,
  workflow_id: catalogueId('workflow', process.workflow_name),
});
