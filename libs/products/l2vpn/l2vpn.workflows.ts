import { Type } from 'typebox';
import { operationStep, type WorkflowDefinition } from '#workflow';
import {
  comparedFirst,
  createSubscription,
  createWorkflow,
  id,
  loaded,
  modifyWorkflow,
  moveTo,
  reconcileWorkflow,
  recordStep,
  storeProcessSubscription,
  terminateWorkflow,
  validateWorkflow,
} from '../standard/index.js';
import type { l2vpnOutside } from './l2vpn.external.js';
import { activeL2vpn, anyL2vpn, l2vpnProduct, ports, speed, type ActiveL2vpn } from './l2vpn.product.js';
import { L2VPN_RESOURCE } from './l2vpn.provisioner.js';

const text = Type.String();
/** Form answers. */
const asked = { speed, ports };
type Asked = Pick<ActiveL2vpn, 'speed' | 'ports'>;
type Outside = ReturnType<typeof l2vpnOutside>;

const values = ({ speed: wanted, ports: ends }: Asked) => ({ l2vpn: { speed: wanted, ports: ends } });
const description = ({ speed: wanted, ports: ends }: Asked): string =>
  `L2VPN ${wanted} Mbit/s ${ends.map(({ port, vlan }) => `${port}.${vlan}`).join(' - ')}`;

/** Creates the subscription and its circuit. Form answers: speed, ports, and customer_id if wanted. */
export const createL2vpn = (): WorkflowDefinition =>
  createWorkflow(
    {
      key: 'create_l2vpn',
      version: 1,
      description: 'Create L2VPN',
      input: { ...asked, customer_id: Type.Optional(text) },
      activation: { reads: { circuit_id: text }, values: ({ circuit_id }) => ({ l2vpn: { circuit_id } }) },
    },
    [
      createSubscription(l2vpnProduct),
      storeProcessSubscription({}),
      recordStep({
        key: 'initialize_subscription',
        name: 'Initialize subscription',
        reads: asked,
        values,
        description,
        status: 'provisioning',
      }),
      operationStep({
        key: 'provision_l2vpn',
        name: 'Provision L2VPN',
        reads: { ...id, ...asked },
        adds: { circuit_id: text },
        manifest: ({ subscription_id: external_id, speed: wanted, ports: endpoints }) => ({
          needs: [{ id: 'circuit', type: L2VPN_RESOURCE, parameters: { speed: wanted, endpoints, external_id } }],
        }),
        result: ({ circuit }) => ({ circuit_id: circuit!.id! }),
      }),
    ],
  );

/** Changes speed and ports. Form answers: speed, ports. */
export const modifyL2vpn = ({ update }: Outside): WorkflowDefinition =>
  modifyWorkflow(
    { key: 'modify_l2vpn', ...comparedFirst('l2vpn'), description: 'Modify L2VPN', blocks: activeL2vpn, input: asked },
    [
      moveTo('provisioning'),
      recordStep({
        key: 'update_subscription',
        name: 'Update subscription',
        reads: asked,
        values,
        blocks: activeL2vpn,
      }),
      recordStep({
        key: 'update_subscription_description',
        name: 'Update subscription description',
        reads: { subscription: loaded(activeL2vpn) },
        description: ({ subscription: { l2vpn } }) => description(l2vpn),
      }),
      moveTo('active'),
      ...update,
    ],
  );

/** Takes the circuit away. One that is gone already counts as deprovisioned. */
export const terminateL2vpn = (): WorkflowDefinition =>
  terminateWorkflow({ key: 'terminate_l2vpn', version: 1, description: 'Terminate L2VPN', blocks: anyL2vpn }, [
    operationStep({
      key: 'deprovision_l2vpn',
      name: 'Deprovision L2VPN',
      reads: { subscription: loaded(anyL2vpn) },
      manifest: ({ subscription: { subscription_id } }) => ({
        needs: [{ id: 'circuit', type: L2VPN_RESOURCE, parameters: { external_id: subscription_id } }],
      }),
      adopted: ({ subscription: { l2vpn } }) => ({
        circuit: l2vpn?.circuit_id === undefined ? {} : { id: l2vpn.circuit_id },
      }),
      result: () => ({}),
    }),
  ]);

/** Compares the circuit with the network, and changes nothing there. */
export const validateL2vpn = ({ validate }: Outside): WorkflowDefinition =>
  validateWorkflow({ key: 'validate_l2vpn', version: 1, description: 'Validate L2VPN', blocks: activeL2vpn }, validate);

/** Applies what is recorded to the network once more. */
export const reconcileL2vpn = ({ update }: Outside): WorkflowDefinition =>
  reconcileWorkflow(
    { key: 'reconcile_l2vpn', ...comparedFirst('l2vpn'), description: 'Reconcile L2VPN', blocks: activeL2vpn },
    update,
  );
