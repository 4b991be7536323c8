/** A service of the example in a process of its own, which reports to its parent. */
import { startParticipant } from '../../../examples/kafka/services/participant.ts'
import { settingsFrom } from '../../../examples/kafka/services/run.ts'
import { startEarly } from './early.ts'
import { answersOf } from './manners.ts'
import type { ServiceMessage } from './services.ts'

/** A crashed consumer of the public client never restarts and looks healthy: this line is the only sign. */
const OUT_OF_ITS_GROUP = 5_000
const LOOK = 250

process.on('disconnect', () => process.exit(0))
const tell = (told: ServiceMessage) => void process.send?.(told)
const does = (n: number, command: string) => tell({ effect: `${n}/${command}` })
const settings = settingsFrom(process.env, '')
const answers = answersOf(does)

const [label = ''] = process.argv.slice(2)
const answer = answers[label]
if (answer === undefined && label !== 'early')
  throw new Error(`start a service: found "${label}", expected ${[...Object.keys(answers), 'early'].join(', ')}`)

const service = await (answer === undefined
  ? startEarly(settings, does)
  : startParticipant(settings, { [label]: answer }))
let seen = Date.now()
setInterval(() => {
  const isReady = service.isReady()
  tell({ isReady })
  if (isReady) seen = Date.now()
  else if (Date.now() - seen > OUT_OF_ITS_GROUP) process.exit(1)
}, LOOK)
