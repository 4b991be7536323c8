import { conformance } from './conformance.ts'

conformance({
  name: 'node',
  script: 'start',
  lists: true,
  endsInTime: true,
  stores: 'anything',
  recoversWithin: 8_000,
  judgesChunks: true,
})
