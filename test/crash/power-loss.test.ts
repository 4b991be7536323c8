import { testPowerLosses } from './power-loss.ts'

testPowerLosses({ sagas: 100, losses: 5 })
