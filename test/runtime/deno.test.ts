import { conformance } from './conformance.ts'

conformance({
  name: 'deno',
  script: 'start:deno',
  launcher: 'npm',
  lists: true,
  endsInTime: true,
  stores: 'anything',
  recoversWithin: 8_000,
  judgesChunks: true,
})
