import { expect, test } from 'vitest'
import { judgeParked } from '../../../../cli/commands/plan/parked-verdict.ts'
import { machineToRead } from '../../../../cli/service/checked-configuration.ts'
import { order, rename, stateOf, type EditedFile } from './order.ts'

const judge = async (edit: (file: EditedFile) => void) =>
  judgeParked({ before: machineToRead(await order()), after: machineToRead(await order(edit)) })
const event = (label: string, payload = {}) => ({ label, payload })

test('P10 a parked event is lost where no state on the way takes it any more', async () => {
  const judged = await judge((file) => void stateOf(file, 'shipping').outgoingTransitions?.pop())
  expect(judged('orderPlaced', event('parcelLost'))).toBe('no state that the saga can reach takes it')
  expect(judged('orderPlaced', event('delivered'))).toBeUndefined()
  expect(judged('refunding', event('parcelLost'))).toBeUndefined() // it was lost before
  expect(judged('orderPlaced', event('nothing'))).toBeUndefined()
})

test('P10 a schema that refuses its payload is a loss, if every state on the way has such a one', async () => {
  const payloadValidationSchema = { type: 'object', required: ['receipt'] }
  const judgedWith = (states: readonly string[]) =>
    judge((file) => {
      const taking = states.flatMap((state) => stateOf(file, state).outgoingTransitions ?? [])
      for (const one of taking) if (one.inputEvent === 'paymentTaken') Object.assign(one, { payloadValidationSchema })
    })
  const judged = await judgedWith(['paymentPending', 'paymentDelayed', 'cancellingPayment'])
  expect(judged('orderPlaced', event('paymentTaken'))).toMatch(/^its payload is refused: .*receipt/)
  expect(judged('orderPlaced', event('paymentTaken', { receipt: 1 }))).toBeUndefined()
  const judgedInTime = await judgedWith(['paymentPending', 'paymentDelayed'])
  expect(judgedInTime('orderPlaced', event('paymentTaken'))).toBeUndefined() // refunded after the deadline
})

test('P11 a stranded saga keeps its events, and a renamed state is the same', async () => {
  const stranded = await judge(rename('orderPlaced', 'ordered'))
  expect(stranded('orderPlaced', event('parcelLost'))).toBeUndefined()
  const renamed = await judge((file) => {
    rename('orderPlaced', 'ordered')(file)
    file.settings = { movedStates: { orderPlaced: 'ordered' } }
    stateOf(file, 'shipping').outgoingTransitions?.pop()
  })
  expect(renamed('orderPlaced', event('parcelLost'))).toMatch(/^no state/)
})
