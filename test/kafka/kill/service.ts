/** A service of the example in a process of its own, which reports to its parent. */
import { checkReservation } from '../../../examples/kafka/services/check.ts'
import { startParticipant } from '../../../examples/kafka/services/participant.ts'
import type { Answer } from '../../../examples/kafka/services/participant.ts'
import { settingsFrom } from '../../../examples/kafka/services/run.ts'
import { validateReservation } from '../../../examples/kafka/services/validation.ts'
import type { ServiceMessage } from './services.ts'

const ANSWERS: Readonly<Record<string, Answer>> = { validateReservation, checkReservation }
/** A crashed consumer of the public client never restarts and looks healthy: this line is the only sign. */
const OUT_OF_ITS_GROUP = 5_000
const LOOK = 250

const [label = ''] = process.argv.slice(2)
const answer = ANSWERS[label]
if (answer === undefined)
  throw new Error(`start a service: found "${label}", expected ${Object.keys(ANSWERS).join(', ')}`)

process.on('disconnect', () => process.exit(0))
const tell = (told: ServiceMessage) => void process.send?.(told)
const service = await startParticipant(settingsFrom(process.env, ''), {
  [label]: (metadata) => {
    tell({ effect: `${String(metadata['n'])}/${label}` })
    return answer(metadata)
  },
})
let seen = Date.now()
setInterval(() => {
  const isReady = service.isReady()
  tell({ isReady })
  if (isReady) seen = Date.now()
  else if (Date.now() - seen > OUT_OF_ITS_GROUP) process.exit(1)
}, LOOK)
