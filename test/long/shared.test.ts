import { testEverySharedStore } from '../crash/every-shared-store.ts'

testEverySharedStore(1_000)
