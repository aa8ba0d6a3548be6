/** Who wants to do what. `step` is the path of the step that is meant. */
export interface AuthContext {
  readonly actor: string;
  readonly tenant: string;
  readonly workflow: string;
  readonly step?: string;
  readonly action: 'start_workflow' | 'resume_workflow' | 'retry_workflow';
}
/** Decides whether somebody may; identity comes from the caller. What it throws is no permission. */
export type Authorizer = (context: AuthContext) => boolean | Promise<boolean>;

/** Of a whole workflow. */
export interface WorkflowAuthorizers {
  readonly start?: Authorizer;
  readonly resume?: Authorizer;
  readonly retry?: Authorizer;
}
/** Of one step. */
export interface StepAuthorizers {
  /** Of a form: who may answer it. Of any other step: who may resume it, unless `retry` says so. */
  readonly resume?: Authorizer;
  readonly retry?: Authorizer;
}
