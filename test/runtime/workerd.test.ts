import { conformance } from './conformance.ts'

conformance({
  name: 'workerd',
  script: 'start:workerd',
  lists: false,
  endsInTime: false,
  stores: 1_900_000,
  recoversWithin: 25_000,
})
