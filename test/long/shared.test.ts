import { heldByEveryStore } from '../crash/held-by-every-store.ts'

heldByEveryStore(1_000)
