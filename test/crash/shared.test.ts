import { testEverySharedStore } from './every-shared-store.ts'

testEverySharedStore(400)
