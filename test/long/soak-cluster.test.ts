import { CLUSTER } from '../soak/deployments/kafka.ts'
import { testSoak } from '../soak/gate.ts'

// The kills are those of the service and of two brokers; other suites kill a broker alone.
testSoak(CLUSTER, { kills: 2 })
