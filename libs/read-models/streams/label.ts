import { categoryOf, type RecordedEvent } from '#event-store';

type Data = Readonly<Record<string, any>>;

const description = ({ description: text }: Data) => text as string;
const name = (data: Data) => data['name'] as string | undefined;
const productName = ({ definition }: Data) => definition.name as string;

/** By event type within its category: what people know the stream by from this event on. None may be personal (ADR 9). */
const LABELS: Readonly<Record<string, Readonly<Record<string, (data: Data) => string | undefined>>>> = {
  portfolio: { PortfolioCreated: name },
  process: { ProcessStarted: ({ workflow }) => workflow as string },
  subscription: { SubscriptionCreated: description, SubscriptionDescriptionChanged: description },
  operation: {
    OperationCreated: ({ manifest }) => manifest.needs.map(({ type }: { type: string }) => type).join(', '),
  },
  product: { ProductRegistered: productName, ProductChanged: productName },
  schedule: { ScheduleCreated: name, ScheduleChanged: name },
};

const TYPES = new Set(Object.values(LABELS).flatMap((types) => Object.keys(types)));
/** False for types that give no stream a name. */
export const mayLabel = (type: string): boolean => TYPES.has(type);

/** Undefined where the event gives its stream no name, or no code here knows it (its data is null). */
export const labelIn = ({ stream, type, data }: RecordedEvent): string | undefined =>
  data === null ? undefined : LABELS[categoryOf(stream)]?.[type]?.(data as Data);
