import { expect } from 'vitest'
import { FULL_DISK } from '../soak/deployments/full-disk.ts'
import { testSoak } from '../soak/gate.ts'

testSoak(FULL_DISK, {
  kills: 2,
  also: ({ refused }) => expect(refused, 'the run does not count: nothing was refused').toBeGreaterThan(0),
})
