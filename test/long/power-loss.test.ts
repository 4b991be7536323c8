import { testPowerLosses } from '../crash/power-loss.ts'

testPowerLosses({ sagas: 1_000, losses: 50 })
