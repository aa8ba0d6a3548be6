import type { Paging } from './http/pages.js';
import type { Column } from './output/table.js';

/** An option of a list, and the query parameter it becomes. */
export interface Filter {
  readonly flag: string;
  readonly meaning: string;
  /** The parameter of its own; or the field in the Workflow Orchestrator's `filter=field,value` pairs. */
  readonly parameter?: string;
  readonly field?: string;
}

/** A kind of thing that can be listed and, mostly, shown. */
export interface Kind {
  readonly singular: string;
  readonly plural: string;
  readonly path: string;
  readonly paging: Paging;
  readonly columns: readonly Column[];
  readonly filters: readonly Filter[];
  /** Whether `show` has a page of its own for it. */
  readonly shown: boolean;
  /** Whether it is searched, filtered by any field, sorted, counted and had as CSV. */
  readonly searched?: true;
}

const parameter = (name: string, meaning: string): Filter => ({ flag: name, meaning, parameter: name });
const field = (flag: string, name: string, meaning: string): Filter => ({ flag, meaning, field: name });
const columns = (...keys: readonly string[]): readonly Column[] =>
  keys.map((text) => {
    const [key = text, title] = text.split(':');
    return { key, ...(title !== undefined && { title }) };
  });
export const KINDS: readonly Kind[] = [
  {
    singular: 'portfolio',
    plural: 'portfolios',
    path: '/api/portfolios',
    paging: 'cursor',
    columns: columns('id', 'name', 'csp', 'state', 'stage', 'updatedAt:changed'),
    filters: [parameter('state', 'such as TENANT_FAILED'), parameter('csp', 'name of a cloud service provider')],
    shown: true,
    searched: true,
  },
  {
    singular: 'process',
    plural: 'processes',
    path: '/api/processes',
    paging: 'link',
    columns: columns(
      'process_id:id',
      'workflow_name:workflow',
      'last_status:status',
      'last_step:step',
      'assignee',
      'started_at:started',
      'failed_reason:reason',
    ),
    filters: [
      field('status', 'last_status', 'several are separated by |, such as failed|waiting'),
      field('workflow', 'workflow_name', 'name of a workflow'),
      field('assignee', 'assignee', 'whom it waits for'),
    ],
    shown: true,
    searched: true,
  },
  {
    singular: 'subscription',
    plural: 'subscriptions',
    path: '/api/subscriptions',
    paging: 'link',
    columns: columns(
      'subscription_id:id',
      'product.name:product',
      'description',
      'status',
      'insync:in sync',
      'customer_id:customer',
    ),
    filters: [
      parameter('product', 'id or name'),
      parameter('status', 'such as active'),
      parameter('insync', 'true or false'),
      parameter('customer', 'id of a customer'),
      parameter('tag', 'tag of a product'),
    ],
    shown: true,
    searched: true,
  },
  {
    singular: 'operation',
    plural: 'operations',
    path: '/api/operations',
    paging: 'cursor',
    columns: columns(
      'id',
      'state',
      'attempts',
      'overdue',
      'nextDue:next due',
      'updatedAt:changed',
      'lastError:last error',
    ),
    filters: [
      parameter('state', 'such as PROVISIONING_FAILED'),
      parameter('type', 'resource type of any need'),
      parameter('overdue', 'true or false'),
    ],
    shown: true,
    searched: true,
  },
  {
    singular: 'product',
    plural: 'products',
    path: '/api/products',
    paging: 'whole',
    columns: columns('product_id:id', 'name', 'tag', 'product_type:type', 'status', 'description'),
    filters: [
      { flag: 'type', meaning: 'type of product', parameter: 'product_type' },
      parameter('tag', 'tag of a product'),
    ],
    shown: true,
  },
  {
    singular: 'schedule',
    plural: 'schedules',
    path: '/api/schedules',
    paging: 'range',
    columns: columns('schedule_id:id', 'name', 'workflow_name:workflow', 'trigger', 'next_run_time:next run'),
    filters: [],
    shown: false,
  },
  {
    singular: 'csp',
    plural: 'csps',
    path: '/api/csps',
    paging: 'whole',
    columns: columns('csp:name', 'planVersions:plans', 'circuit', 'paused', 'inFlight:in flight', 'waiting'),
    filters: [],
    shown: false,
  },
  {
    singular: 'stream',
    plural: 'streams',
    path: '/api/audit/streams',
    paging: 'cursor',
    columns: columns('stream', 'label', 'createdAt:begun', 'actor', 'last.type:last event', 'last.time:recorded'),
    filters: [
      parameter('category', 'such as portfolio'),
      { flag: 'text', meaning: 'words of its name, or of what people know it by', parameter: 'query' },
    ],
    shown: false,
  },
];
