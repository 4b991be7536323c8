import { expect, test } from 'vitest'
import { StepFeed } from '../../../../src/orchestrator/events/step-feed.ts'
import { amend, birth } from '../../../../testing/contract/build.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { stage } from '../stage.ts'

test('the feed has every step of this process once it is durable, in order, and nothing else', async () => {
  const scene = stage()
  const heard: string[] = []
  const cancel = scene.orchestrator.feed.listen((step, saga) => {
    const isSaved = scene.store.saves.at(-1)?.step === step
    heard.push(`${saga.id} ${step.number} ${step.event.label} ${saga.state} ${isSaved}`)
  })
  await scene.create()
  await scene.tell('validationOK')
  await scene.tell('validationOK') // a duplicate
  await scene.tell('nonsense')
  expect(heard).toEqual(['s1 0 __created__ reservationCreated true', 's1 1 validationOK reservationValidated true'])
  cancel()
  await scene.tell('checkOK')
  expect(heard).toHaveLength(2)
  await scene.stop()
})

test('P6 a step whose save was repeated is in the feed once', async () => {
  const scene = stage()
  await scene.create()
  const heard: number[] = []
  scene.orchestrator.feed.listen(({ number }) => void heard.push(number))
  scene.store.trouble('after', 'before')
  expect(await scene.tell('validationOK')).toMatchObject({ kind: 'moved' })
  expect(heard).toEqual([1])
  await scene.stop()
})

test('a listener that throws is logged once, and harms neither the event nor other listeners', async () => {
  const scene = stage()
  const heard: number[] = []
  scene.orchestrator.feed.listen(() => {
    throw new Error('full')
  })
  scene.orchestrator.feed.listen(({ number }) => void heard.push(number))
  await scene.create()
  expect(await scene.tell('validationOK')).toMatchObject({ kind: 'moved' })
  expect(heard).toEqual([0, 1])
  const lines = scene.runtime.logged.filter(({ code }) => code === 'feed.listener-failed')
  expect(lines).toMatchObject([{ level: 'error', fields: { saga: 's1', why: 'full' } }])
  await scene.stop()
})

test('writes without a step are a feed of their own, and a listener that throws is logged once', () => {
  const runtime = simulatedRuntime()
  const feed = new StepFeed(runtime.log)
  const heard: string[] = []
  const cancel = feed.listenToAmends((change, saga) => void heard.push(`${saga.id} ${change.writeId}`))
  feed.listenToAmends(() => {
    throw new Error('full')
  })
  const born = birth({ id: 's' })
  const { change, next } = amend(born.next, { settled: ['s/0/0'] })
  feed.publishAmend(change, next)
  feed.publishAmend(change, next)
  cancel()
  feed.publishAmend(change, next)
  expect(heard).toEqual([`s ${change.writeId}`, `s ${change.writeId}`])
  expect(runtime.logged).toMatchObject([{ code: 'feed.listener-failed', fields: { saga: 's', why: 'full' } }])
})
