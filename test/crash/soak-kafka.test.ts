import { KAFKA } from '../soak/deployments/kafka.ts'
import { testSoak } from '../soak/gate.ts'

testSoak(KAFKA, { kills: 3 })
