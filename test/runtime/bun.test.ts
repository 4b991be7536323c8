import { conformance } from './conformance.ts'

conformance({
  name: 'bun',
  script: 'start:bun',
  launcher: 'npm',
  lists: true,
  endsInTime: true,
  stores: 'anything',
  lacks: ['pipelining'],
  recoversWithin: 8_000,
  judgesChunks: true,
})
