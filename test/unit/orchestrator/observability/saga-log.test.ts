import { describe, expect, test } from 'vitest'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { BUSY } from '../../../fakes/channel.ts'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { stage } from '../stage.ts'

/** A saga of two steps, whose first command was refused once before it was delivered. */
async function told(debug: boolean) {
  const scene = stage({ runtime: simulatedRuntime(1, { debug }) })
  scene.orchestrator.start()
  await scene.create()
  scene.channel.answer('s1/0/0', BUSY)
  await scene.runtime.advance(DEFAULTS.retryFirst + DEFAULTS.sweep)
  scene.channel.answer('s1/0/0')
  await scene.settle()
  await scene.tell('validationOK')
  await scene.stop()
  return scene.runtime.logged.filter(({ code }) => /^saga\.(?:created|moved|delivered|settled)$/.test(code))
}

describe('the life of a saga in the log', () => {
  test('C7 created, delivered, moved and settled are lines of the level debug', async () => {
    const lines = await told(true)
    expect(lines.map(({ level, code }) => `${level} ${code}`)).toEqual([
      'debug saga.created',
      'debug saga.delivered',
      'debug saga.settled',
      'debug saga.moved',
    ])
    const [created, delivered, settled, moved] = lines.map(({ fields }) => fields)
    expect(created).toMatchObject({ saga: 's1', label: '__created__', state: 'reservationCreated', step: 0 })
    expect(delivered).toMatchObject({
      saga: 's1',
      label: 'validateReservation',
      state: 'reservationCreated',
      command: 's1/0/0',
      channel: 'reservations',
      attempt: 2,
    })
    expect(settled).toEqual({
      saga: 's1',
      label: 'validateReservation',
      state: moved?.['state'],
      command: 's1/0/0',
      attempt: 2,
    })
    expect(moved).toMatchObject({ saga: 's1', label: 'validationOK', event: 'key/validationOK', step: 1 })
  })

  test('C7 without the level debug none of them is made', async () => {
    expect(await told(false)).toEqual([])
  })
})
