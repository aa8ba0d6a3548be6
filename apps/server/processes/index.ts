import { ClaimAnswer } from './claim-answer.js';
import { OperatorController } from './operator.controller.js';
import { ProcessCallbackController } from './process-callback.controller.js';
import { ReceiveProcessCallbackHandler } from './process-callback.js';
import { ProcessController } from './process.controller.js';
import { OperateProcessHandler, ResumeProcessHandler, StartProcessHandler } from './process.handlers.js';
import { PlanProcessHandler } from './plan.query.js';
import { processQueryHandlers } from './process.queries.js';
import { ResumeAllHandler } from './resume-all.js';
import { ResumeForm } from './resume-form.js';
import { StartForm } from './start-form.js';

export const processControllers = [ProcessController, OperatorController, ProcessCallbackController];
export const processHandlers = [
  StartForm,
  ResumeForm,
  ClaimAnswer,
  StartProcessHandler,
  ResumeProcessHandler,
  OperateProcessHandler,
  ResumeAllHandler,
  ReceiveProcessCallbackHandler,
  ...processQueryHandlers,
  PlanProcessHandler,
];
