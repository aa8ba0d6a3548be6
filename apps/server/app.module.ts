import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AuditController } from './audit/audit.controller.js';
import { auditQueryHandlers } from './audit/audit.queries.js';
import { CallbackController } from './callbacks/callback.controller.js';
import { RejectedCallbacks } from './callbacks/rejected-callbacks.js';
import { ReceiveCallbackHandler } from './callbacks/receive-callback.command.js';
import { Parts } from './composition/parts.js';
import { OperateCspHandler } from './csps/csp.commands.js';
import { CspController } from './csps/csp.controller.js';
import { ListCspsHandler } from './csps/csp.queries.js';
import { DashboardController, dashboardQueryHandlers } from './dashboards/index.js';
import { EventsController } from './events/events.controller.js';
import { LiveClients } from './events/live-clients.js';
import { ExplainController } from './explain/explain.controller.js';
import { ExplainStreamHandler } from './explain/explain.query.js';
import { ExplainIfOpenHandler } from './explain/in-detail.js';
import { HealthController } from './health/health.controller.js';
import { CsvController } from './lists/csv.controller.js';
import { CommandSender } from './http/command-sender.js';
import { portfolioCommandHandlers } from './portfolio/portfolio.handlers.js';
import { portfolioQueryHandlers } from './portfolio/portfolio.queries.js';
import { PortfolioController } from './portfolio/portfolio.controller.js';
import { OperationController } from './operations/operation.controller.js';
import { operationCommandHandlers } from './operations/operation.handlers.js';
import { operationQueryHandlers } from './operations/operation.queries.js';
import { PortfolioSecrets } from './portfolio/secrets.js';
import { processControllers, processHandlers } from './processes/index.js';
import { ProductController } from './products/product.controller.js';
import { productCommandHandlers } from './products/product.handlers.js';
import { productQueryHandlers } from './products/product.queries.js';
import { StartRules } from './subscriptions/start-rules.js';
import { FormsController } from './forms/forms.controller.js';
import { ForgetPersonHandler } from './privacy/forget.command.js';
import { PrivacyController } from './privacy/privacy.controller.js';
import { ProjectionController } from './projections/projection.controller.js';
import { projectionCommandHandlers } from './projections/projection.commands.js';
import { projectionQueryHandlers } from './projections/projection.queries.js';
import { ScheduleController } from './schedules/schedule.controller.js';
import { scheduleHandlers } from './schedules/schedule.handlers.js';
import { settingsControllers, settingsHandlers } from './settings/index.js';
import { CustomerDescriptionController } from './subscriptions/customer-description.controller.js';
import { customerDescriptionHandlers } from './subscriptions/customer-description.handlers.js';
import { subscriptionCommandHandlers } from './subscriptions/subscription.handlers.js';
import { TranslationsController } from './translations/translations.controller.js';
import { UserController } from './user/user.controller.js';
import { SubscriptionController } from './subscriptions/subscription.controller.js';
import { subscriptionQueryHandlers } from './subscriptions/subscription.queries.js';

const API = [
  CsvController,
  PortfolioController,
  CspController,
  ...processControllers,
  OperationController,
  SubscriptionController,
  CustomerDescriptionController,
  ProductController,
  DashboardController,
  ExplainController,
  EventsController,
  AuditController,
  PrivacyController,
  ProjectionController,
  CallbackController,
  ...settingsControllers,
  FormsController,
  ScheduleController,
  TranslationsController,
  UserController,
];

/** All routes, or in a process without the role api those of its health, over parts that were opened before. */
@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(@Inject(Parts) private readonly parts: Parts) {}

  onApplicationShutdown(): Promise<void> {
    return this.parts.close();
  }

  static over(parts: Parts): DynamicModule {
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: parts.config.roles.includes('api') ? [...API, HealthController] : [HealthController],
      providers: [
        { provide: Parts, useValue: parts },
        CommandSender,
        PortfolioSecrets,
        ...portfolioCommandHandlers,
        ...portfolioQueryHandlers,
        ...operationCommandHandlers,
        ...operationQueryHandlers,
        OperateCspHandler,
        ListCspsHandler,
        ...processHandlers,
        StartRules,
        ...subscriptionQueryHandlers,
        ...subscriptionCommandHandlers,
        ...customerDescriptionHandlers,
        ...productQueryHandlers,
        ...productCommandHandlers,
        ...dashboardQueryHandlers,
        ExplainStreamHandler,
        ExplainIfOpenHandler,
        LiveClients,
        ...auditQueryHandlers,
        ForgetPersonHandler,
        ...projectionQueryHandlers,
        ...projectionCommandHandlers,
        ...settingsHandlers,
        ...scheduleHandlers,
        ReceiveCallbackHandler,
        RejectedCallbacks,
      ],
    };
  }
}
