import { conformance } from './conformance.ts'

conformance({
  name: 'workerd',
  script: 'start:workerd',
  launcher: 'npm',
  lists: false,
  endsInTime: false,
  stores: 1_900_000,
  lacks: ['old-clients', 'idle-connections', 'latin-1-headers'],
  recoversWithin: 25_000,
})
