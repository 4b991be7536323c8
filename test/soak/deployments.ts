import type { Deployment } from './deployment.ts'
import { FULL_DISK } from './deployments/full-disk.ts'
import { REDIS, SQLITE, WORKERD } from './deployments/http.ts'
import { CLUSTER, KAFKA } from './deployments/kafka.ts'

/** In the order in which they run. */
export const DEPLOYMENTS: readonly Deployment[] = [SQLITE, KAFKA, CLUSTER, WORKERD, REDIS, FULL_DISK]
