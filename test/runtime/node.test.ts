import { conformance } from './conformance.ts'

conformance({
  name: 'node',
  script: 'start',
  launcher: 'npm',
  lists: true,
  endsInTime: true,
  stores: 'anything',
  recoversWithin: 8_000,
  judgesChunks: true,
})
