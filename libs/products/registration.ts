import type { Product } from '#catalogue';
import type { Provisioner } from '#provisioning';
import type { FormPage, LiveData, WorkflowDefinition } from '#workflow';
import type { DirectoryPort } from './directory/directory.port.js';
import type { NetworkPort } from './network/network.port.js';

/** What products need of the world outside. */
export interface ProductPorts {
  readonly directory: DirectoryPort;
  readonly network: NetworkPort;
}

/** Everything the system knows of a product, or of several that share their workflows. */
export interface Registration {
  readonly products: readonly Product[];
  readonly workflows: (ports: ProductPorts) => readonly WorkflowDefinition[];
  /** Of the resource types its workflows need. */
  readonly provisioners: (ports: ProductPorts) => readonly Provisioner[];
  /** Form pages by workflow key. */
  readonly forms: Readonly<Record<string, readonly FormPage<LiveData>[]>>;
}
