import { heldByEveryStore } from './held-by-every-store.ts'

heldByEveryStore(400)
