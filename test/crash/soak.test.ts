import { REDIS, SQLITE, WORKERD } from '../soak/deployments/http.ts'
import { testSoak } from '../soak/gate.ts'

testSoak(SQLITE, { kills: 3 })
testSoak(WORKERD, { kills: 2 })
testSoak(REDIS, { kills: 4 })
