import { FULL_DISK } from '../soak/deployments/full-disk.ts'
import { testSoak } from '../soak/gate.ts'

testSoak(FULL_DISK, { kills: 2 })
