import { type Registry, registryFor } from './registry.ts'

/** Facts that differ between deployments, and are the same for each request of one. */
export interface Deployment {
  isDevelopment: boolean
  /** Allows URLs and hosts that lead to the local network. */
  allowLocalNetwork: boolean
  services: Registry
}

export interface DeploymentVariables {
  ENVIRONMENT?: string | undefined
  ALLOW_LOCAL_NETWORK?: string | undefined
}

/** If `ALLOW_LOCAL_NETWORK` is not set, development allows the local network and production does not. */
export function readDeployment({ ENVIRONMENT, ALLOW_LOCAL_NETWORK: word }: DeploymentVariables): Deployment {
  const isDevelopment = ENVIRONMENT === 'development'
  const allowLocalNetwork = word ? word === 'true' || word === '1' : isDevelopment
  return { isDevelopment, allowLocalNetwork, services: registryFor(isDevelopment) }
}
