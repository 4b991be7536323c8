import { expect, test } from 'vitest'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { checkRun } from '../../../../testing/checker/check-run.ts'
import { recordedService } from './recorded-stage.ts'

const DEFINITION: MachineDefinition = {
  initialState: 'open',
  states: [
    { id: 'open', isFinal: false, outgoingTransitions: [{ inputEvent: 'close', targetState: 'closed' }] },
    { id: 'closed', isFinal: true, outgoingTransitions: [{ inputEvent: 'note', targetState: 'closed' }] },
  ],
}

test('P10 P26 a held saga in a final state keeps the event that the state lists, over a change of metadata', async () => {
  const service = recordedService({ definition: DEFINITION })
  const process = service.start()
  process.orchestrator.start()
  await process.begin()
  await process.event('close')
  await process.operate({ kind: 'hold' })
  expect(await process.event('note')).toMatchObject({ kind: 'parked' })
  await process.operate({ kind: 'patch-metadata', metadata: { n: 1 } })
  await process.operate({ kind: 'release' })
  await service.runtime.advance(10_000)
  await process.stop()
  const run = await service.run()
  expect(checkRun(run)).toEqual([])
  expect(run.sagas.get('s1')?.document.history.events.map(({ event }) => event)).toContain('note')
})
