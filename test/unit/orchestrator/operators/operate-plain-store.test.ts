import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import { begun } from '../recovery/redelivery-stage.ts'

const OPERATION = { sagaId: 's1', id: 'key/1', operator: 'zoe', reason: 'mended' } as const

test('P17 P25 the answer to an action comes before its deadline, and names the commands whose sends go on', async () => {
  const scene = await begun()
  const operating = scene.orchestrator.operate({ ...OPERATION, action: { kind: 'resend' } })
  let answered: number | undefined
  void operating.then(() => (answered = scene.runtime.monotonic()))
  const began = scene.runtime.monotonic()
  await scene.runtime.advance(DEFAULTS.deadline)
  expect(await operating).toEqual({
    kind: 'done',
    sagaId: 's1',
    state: 'reservationCreated',
    details: { sent: ['s1/0/0'], notDelivered: ['s1/0/0'] },
  })
  expect((answered ?? 0) - began).toBe(DEFAULTS.deadline - 500)
  scene.channel.answer('s1/0/0', DELIVERED)
  await scene.stop()
})

test('P17 P25 an action without commands, and a refusal, have none of them', async () => {
  const scene = await begun()
  const hold = { ...OPERATION, action: { kind: 'hold' } } as const
  expect(await scene.orchestrator.operate(hold)).toEqual({
    kind: 'done',
    sagaId: 's1',
    state: 'reservationCreated',
    details: {},
  })
  expect(await scene.orchestrator.operate({ ...hold, id: 'key/2' })).toMatchObject({ kind: 'refused' })
  await scene.stop()
})
