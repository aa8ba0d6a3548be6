import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CallbackController } from './callbacks/callback.controller.js';
import { ReceiveCallbackHandler } from './callbacks/receive-callback.command.js';
import { Parts } from './composition/parts.js';
import { HealthController } from './health/health.controller.js';
import { CommandSender } from './http/command-sender.js';
import { portfolioCommandHandlers } from './portfolio/portfolio.handlers.js';
import { portfolioQueryHandlers } from './portfolio/portfolio.queries.js';
import { PortfolioController } from './portfolio/portfolio.controller.js';
import { PortfolioSecrets } from './portfolio/secrets.js';

/** All routes, over parts that were opened before. */
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
      controllers: [PortfolioController, CallbackController, HealthController],
      providers: [
        { provide: Parts, useValue: parts },
        CommandSender,
        PortfolioSecrets,
        ...portfolioCommandHandlers,
        ...portfolioQueryHandlers,
        ReceiveCallbackHandler,
      ],
    };
  }
}
