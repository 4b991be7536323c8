import { afterEach, expect, test } from 'vitest'
import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import { eventually } from '../services/client.ts'
import { createTopic, describeKafka, lag, produce, readAll } from '../services/kafka.ts'
import type { SagaFile } from '../services/reservation.ts'
import { makeFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { create, document } from './support/saga.ts'
import { sharedStore } from './support/store-handles.ts'

describeKafka('events of a topic that wait with their saga', () => {
  let here: InProcessService | undefined
  afterEach(() => here?.stop())

  const event = (key: string, messageLabel: string, id: string) => ({
    key,
    value: JSON.stringify({ messageLabel, messagePayload: { [messageLabel]: true } }),
    headers: { 'idempotency-key': id },
  })
  const settled = (settings: object, { file }: { readonly file: SagaFile }): SagaFile => ({ ...file, settings })

  test('P10 C3.3 an event before its time is parked, taken, and in the history once, in the right place', async () => {
    const fixture = await makeFixture({ partitions: 1 })
    here = await startInProcess(settled({ unexpectedEvents: 'park' }, fixture))
    const { ask } = here
    const id = await create(ask)
    await produce(fixture.events, [event(id, 'checkOK', 'early'), event(id, 'checkOK', 'early')])
    await eventually(async () => (await document(ask, id)).parked)
    await produce(fixture.events, [event(id, 'validationOK', 'next'), event(id, 'checkOK', 'early')])
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    const saga = await document(ask, id)
    expect(saga.history.events.map(({ event: label }) => label).slice(1)).toEqual(['validationOK', 'checkOK'])
    expect(saga).toMatchObject({ currentState: 'reservationConfirmed', metadata: { checkOK: true } })
    expect(saga.parked).toBeUndefined()
  })

  test('P10 the record of a full saga goes to the dead-letter topic; without one it is a dead letter of the saga', async () => {
    const parking = { unexpectedEvents: 'park', parking: { limit: 1 } }
    const letters = await createTopic('letters', 1)
    for (const settings of [{}, { deadLetterTopic: letters }]) {
      const fixture = await makeFixture({ partitions: 1, settings })
      here = await startInProcess(settled(parking, fixture))
      const id = await create(here.ask)
      await produce(fixture.events, [event(id, 'first', '1'), event(id, 'second', '2')])
      await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
      const { parked, deadLetters } = await document(here.ask, id)
      expect(parked?.map((one) => one.event.label)).toEqual(['first'])
      expect(deadLetters?.map(({ kind, label }) => `${kind} ${label}`)).toEqual(
        'deadLetterTopic' in settings ? undefined : ['event second'],
      )
      await here.stop()
    }
    expect((await readAll(letters)).map(({ headers }) => headers['dead-letter-reason'])).toEqual(['parking-full'])
  })

  test('P11 an event for a state that saga.json lacks is parked, and the next machine takes it', async () => {
    const fixture = await makeFixture({ partitions: 1 })
    const shared = sharedStore(memoryPersistency())
    here = await startInProcess(fixture.file, { store: shared.door() })
    const id = await create(here.ask)
    await here.stop()
    const other = JSON.parse(JSON.stringify(fixture.file).replaceAll('"reservationCreated"', '"begun"')) as SagaFile
    here = await startInProcess(other, { store: shared.door() })
    await produce(fixture.events, [event(id, 'validationOK', 'next')])
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    expect(await document(here.ask, id)).toMatchObject({
      currentState: 'reservationCreated',
      parked: [{ event: { label: 'validationOK' } }],
    })
    await here.stop()
    here = await startInProcess(fixture.file, { store: shared.door() })
    const { ask } = here
    const moved = await eventually(async () => {
      const saga = await document(ask, id)
      return saga.currentState === 'reservationValidated' ? saga : undefined
    })
    expect(moved.parked).toBeUndefined()
  })
})
