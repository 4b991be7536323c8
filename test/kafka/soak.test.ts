import { CLUSTER, KAFKA } from '../soak/deployments/kafka.ts'
import { testSoak } from '../soak/gate.ts'

testSoak(KAFKA, { kills: 3 })
testSoak(CLUSTER, { kills: 3 })
