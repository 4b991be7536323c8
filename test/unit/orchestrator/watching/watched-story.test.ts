import { beforeAll, describe, expect, test } from 'vitest'
import type { SagaDocument } from '../../../../src/codec/saga-document.ts'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Step } from '../../../../src/engine/change.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import { SagaWatcher } from '../../../../src/orchestrator/watching/saga-watcher.ts'
import { ToldHistory } from '../../../../src/orchestrator/watching/told-saga.ts'
import { WatchedStory } from '../../../../src/orchestrator/watching/watched-story.ts'
import { stage } from '../stage.ts'

/** Goes round for ever. */
const ROUND = {
  initialState: 'a',
  creationEvent: '__created__',
  states: [{ id: 'a', isFinal: false, outgoingTransitions: [{ inputEvent: 'go', targetState: 'a' }] }],
}

/** Steps 0 to 3 of a saga, the head after each, and its document then. */
const steps: { readonly step: Step; readonly saga: Saga; readonly document: SagaDocument }[] = []

beforeAll(async () => {
  const scene = stage({ definition: ROUND })
  const seen: [Step, Saga][] = []
  scene.orchestrator.feed.listen((...given) => void seen.push(given))
  for (const at of [0, 1, 2, 3]) {
    await (at === 0 ? scene.create() : scene.tell('go', `e${at}`))
    const [step, saga] = seen.at(-1) ?? expect.unreachable()
    steps.push({ step, saga, document: (await scene.store.document('s1')) ?? expect.unreachable() })
  }
  await scene.stop()
})

function at(number: number) {
  return steps[number] ?? expect.unreachable()
}

/** A watcher that has the steps up to `after`, and the names of what it was told. */
function watcher(after = -1, bytes = () => 0) {
  const told: string[] = []
  const push = (frame: Uint8Array) => {
    const text = new TextDecoder().decode(frame)
    const [, id] = /^id: (\d+)\n/.exec(text) ?? []
    told.push(id === undefined ? `saga of ${/"steps":(\d+)/.exec(text)?.[1]}` : `step ${id}`)
  }
  const end = (last: Uint8Array) => void told.push(new TextDecoder().decode(last))
  return { watcher: new SagaWatcher(after, { bytes, push, end }), told }
}

function storyOf(...watchers: readonly SagaWatcher[]): WatchedStory {
  return new WatchedStory('s1', new Set(watchers))
}

function stepped(story: WatchedStory, number: number): boolean {
  const { step, saga } = at(number)
  return story.stepped(step, saga)
}

describe('C7 a story that is read while news come', () => {
  test('C7 the news follow what was read, each step once', () => {
    const [fresh, back] = [watcher(), watcher(0)]
    const story = storyOf(fresh.watcher, back.watcher)
    story.beginRead()
    expect([stepped(story, 1), stepped(story, 2)]).toEqual([false, false])
    expect(fresh.told).toEqual([])
    story.tell(at(1).document)
    expect(fresh.told).toEqual(['step 0', 'step 1', 'saga of 2', 'step 2', 'saga of 3'])
    expect(back.told).toEqual(fresh.told.slice(1))
    expect(story.isMissing).toBe(false)
    expect(stepped(story, 3)).toBe(false)
    expect(fresh.told.slice(5)).toEqual(['step 3', 'saga of 4'])
  })

  test('C7 a step that neither the read nor the news have is missed, and the next read has it', () => {
    const { watcher: one, told } = watcher()
    const story = storyOf(one)
    story.beginRead()
    stepped(story, 3)
    story.tell(at(1).document)
    expect(story.isMissing).toBe(true)
    expect(told).toEqual(['step 0', 'step 1', 'saga of 2'])
    story.beginRead()
    expect(story.isMissing).toBe(false)
    story.tell(at(3).document)
    expect([story.isMissing, told.slice(3)]).toEqual([false, ['step 2', 'step 3', 'saga of 4']])
  })

  test('C7 news of a read that was given up are left to the next one', () => {
    const { watcher: one, told } = watcher(0)
    const story = storyOf(one)
    story.beginRead()
    stepped(story, 1)
    story.giveUp()
    expect(told).toEqual([])
    expect(stepped(story, 2)).toBe(true)
    story.beginRead()
    story.tell(at(2).document)
    expect(told).toEqual(['step 1', 'step 2', 'saga of 3'])
  })

  test.each([
    [256, false],
    [257, true],
  ])('C7 of %i steps during a read some are missed: %s', (count, isMissing) => {
    const { watcher: one, told } = watcher()
    const story = storyOf(one)
    const { step, saga } = at(1)
    story.beginRead()
    for (let number = 1; number <= count; number++) story.stepped({ ...step, number }, { ...saga, length: number + 1 })
    story.tell(at(0).document)
    expect(story.isMissing).toBe(isMissing)
    const last = isMissing ? 'step 256' : `saga of ${count + 1}`
    expect([told.filter((name) => name.startsWith('step')).length, told.at(-1)]).toEqual([257, last])
  })

  test('C7 a change without a step during a read is told after it', () => {
    const { watcher: one, told } = watcher(0)
    const story = storyOf(one)
    story.beginRead()
    expect(story.changed({ ...at(1).saga, hold: { since: 1 } })).toBe(false)
    story.tell(at(1).document)
    expect(told).toEqual(['step 1', 'saga of 2', 'saga of 2'])
  })
})

describe('C7 a story that is not read', () => {
  test('C7 a step goes to all who have the one before it; true where one lacks that', () => {
    const [has, lacks] = [watcher(1), watcher(0)]
    expect(stepped(storyOf(has.watcher), 2)).toBe(false)
    expect(has.told).toEqual(['step 2', 'saga of 3'])
    expect(stepped(storyOf(lacks.watcher), 2)).toBe(true)
    expect(lacks.told).toEqual([])
    expect(stepped(storyOf(lacks.watcher, has.watcher), 3)).toBe(true)
  })

  test('C7 the same head is told once, an older one never', () => {
    const { watcher: one, told } = watcher(1)
    const story = storyOf(one)
    const { news } = story
    expect(story.changed(at(1).saga)).toBe(false)
    expect(story.changed(at(1).saga)).toBe(false)
    expect(story.changed(at(0).saga)).toBe(false)
    expect(told).toEqual(['saga of 2'])
    expect(story.changed(at(2).saga)).toBe(true)
    expect(story.news).toBe(news + 4)
  })

  test('C7 a saga that was removed from the store is the end', () => {
    const { watcher: one, told } = watcher(1)
    storyOf(one).removed()
    expect(told).toEqual(['event: end\ndata: {"sagaId":"s1","isRemoved":true}\n\n'])
  })

  test('C7 a final saga that owes nothing is the end', () => {
    const [over, owing] = [watcher(1), watcher(1)]
    const saga = { ...at(1).saga, isFinal: true }
    storyOf(over.watcher).changed(saga)
    expect(over.told).toEqual(['saga of 2', 'event: end\ndata: {"sagaId":"s1","currentState":"a"}\n\n'])
    const debt = { id: 'x', label: 'l', channel: 'c', attempts: 0, since: 1, due: 1 }
    storyOf(owing.watcher).changed({ ...saga, owed: [debt] })
    expect(owing.told).toEqual(['saga of 2'])
  })
})

describe('C7 a client that has much unread', () => {
  test('C7 it gets no more of the history than it may have, and the rest when it has read', () => {
    let unread = DEFAULTS.watchBytes / 2
    const { watcher: one, told } = watcher(-1, () => unread)
    const history = new ToldHistory(at(3).document)
    one.tell(history)
    expect([told, one.isBehind]).toEqual([[], true])
    unread--
    one.tell(history)
    expect([told, one.isBehind]).toEqual([['step 0'], true])
    expect(one.follow([], new ToldHistory(at(3).document).head)).toBe(true)
    expect(told).toEqual(['step 0'])
    unread = 0
    one.tell(history)
    expect([told.slice(1), one.isBehind]).toEqual([['step 1', 'step 2', 'step 3', 'saga of 4'], false])
  })
})
