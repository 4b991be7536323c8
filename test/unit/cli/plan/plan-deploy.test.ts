import { describe, expect, test } from 'vitest'
import { planDeploy, type SurveyedService } from '../../../../cli/commands/plan/plan-deploy.ts'
import type { LiveNumbers } from '../../../../cli/commands/plan/live-sagas.ts'
import { order, rename, stateOf, type EditedFile } from './order.ts'

const planned = async (edit: (file: EditedFile) => void, surveyed?: SurveyedService) =>
  planDeploy({ before: await order(), after: await order(edit) }, surveyed)

const changesOf = async (edit: (file: EditedFile) => void) => (await planned(edit)).changes

function survey(states: Readonly<Record<string, Partial<LiveNumbers>>>, isComplete = true): SurveyedService {
  const none: LiveNumbers = { sagas: 0, owed: 0, deadLetters: 0, parked: 0, timers: 0 }
  const numbers = Object.entries(states).map(([state, some]) => [state, { ...none, ...some }] as const)
  const live = { states: new Map(numbers), channels: new Map(), isComplete }
  return { service: { url: 'http://x', hasOldMachine: true, open: 1, isComplete }, live, lost: [] }
}

describe('what a new file changes', () => {
  test('the same file changes nothing, whatever it tells people', async () => {
    const plan = await planned((file) => void (stateOf(file, 'shipping').description = 'On its way'))
    expect(plan).toMatchObject({ changes: [], effects: [], isSafe: true, advice: { movedStates: {}, candidates: {} } })
  })

  test('transitions: added, removed, retargeted, another schema', async () => {
    const changes = await changesOf((file) => {
      const { outgoingTransitions: ways = [] } = stateOf(file, 'shipping')
      ways[0] = { inputEvent: 'delivered', targetState: 'refunding', payloadValidationSchema: { type: 'object' } }
      ways[1] = { inputEvent: 'returned', targetState: 'refunding' }
    })
    expect(changes).toEqual([
      {
        kind: 'transition-retargeted',
        state: 'shipping',
        event: 'delivered',
        before: 'orderCompleted',
        after: 'refunding',
      },
      { kind: 'payload-schema', state: 'shipping', event: 'delivered', before: undefined, after: { type: 'object' } },
      { kind: 'transition-removed', state: 'shipping', event: 'parcelLost', before: 'refunding' },
      { kind: 'transition-added', state: 'shipping', event: 'returned', after: 'refunding' },
    ])
  })

  test('commands, side effects, timeouts, business states and finality', async () => {
    const changes = await changesOf((file) => {
      const state = stateOf(file, 'backOrdered')
      state.outputCommand = { label: 'restock', channel: 'warehouse' }
      state.sideEffects = [{ label: 'tell', channel: 'mail' }]
      state.timeout = { after: 'P5D', event: 'gaveUp' }
      state.businessStateId = 'open'
      stateOf(file, 'orderFailed').isFinal = false
      file.machineDefinition.businessStates?.splice(4, 1, { id: 'new', description: 'New' })
      stateOf(file, 'shipping').sideEffects = []
    })
    expect(changes.map(({ kind, state, key }) => [kind, state ?? key])).toEqual([
      ['business-state', 'backOrdered'],
      ['command', 'backOrdered'],
      ['side-effects', 'backOrdered'],
      ['timeout', 'backOrdered'],
      ['side-effects', 'shipping'],
      ['finality', 'orderFailed'],
      ['business-states', 'wait'],
      ['business-states', 'new'],
    ])
  })

  test('channels, store and settings by the paths of their values; a secret is never among them', async () => {
    const plan = planDeploy({
      before: await order((file) => {
        Object.assign(file.communicationProtocols[0]?.configurations ?? {}, { headers: { authorization: 'hunter1' } })
      }),
      after: await order((file) => {
        Object.assign(file.communicationProtocols[0]?.configurations ?? {}, {
          headers: { authorization: 'hunter2' },
          port: 3333,
        })
        file.communicationProtocols.push(
          ...file.communicationProtocols.slice(1, 2).map((one) => ({ ...one, id: 'bank2' })),
        )
        file.persistencyManagement = {
          type: 'mongo',
          configurations: { connectionUri: 'mongodb://u:hunter3@h/d', collectionName: 'c' },
        }
        file.settings = { unexpectedEvents: 'park' }
      }),
    })
    expect(plan.changes).toMatchObject([
      { kind: 'channel-changed', channel: 'warehouse', key: 'configurations.port', before: 3001, after: 3333 },
      { kind: 'channel-added', channel: 'bank2' },
      { kind: 'store', key: 'type', before: 'sqlite', after: 'mongo' },
      { kind: 'store', key: 'configurations' },
      { kind: 'setting', key: 'unexpectedEvents', after: 'park' },
    ])
    expect(JSON.stringify(plan)).not.toMatch(/hunter/)
    expect(plan.effects).toMatchObject([{ kind: 'store', before: 'sqlite', after: 'mongo', needsCare: true }])
  })

  test('another file of the same type of store is asked about, and fails nothing', async () => {
    const { effects, isSafe } = await planned((file) => {
      file.persistencyManagement = { type: 'sqlite', configurations: { path: '/elsewhere.sqlite' } }
    })
    expect(effects).toEqual([{ kind: 'store-settings', keys: ['configurations'], needsCare: false }])
    expect(isSafe).toBe(true)
  })

  test('P11 a renamed state is compared under its new name, and targets follow it', async () => {
    const { changes, effects } = await planned((file) => {
      rename('paymentPending', 'awaiting')(file)
      stateOf(file, 'awaiting').timeout = { after: 'PT20M', event: 'paymentExpired' }
      file.settings = { movedStates: { paymentPending: 'awaiting' } }
    })
    expect(changes.map(({ kind, state, key }) => [kind, state ?? key])).toEqual([
      ['state-renamed', 'awaiting'],
      ['timeout', 'awaiting'],
      ['setting', 'movedStates'],
    ])
    expect(effects).toMatchObject([
      { kind: 'moved', state: 'paymentPending', to: 'awaiting', events: [], needsCare: false },
      { kind: 'timer', state: 'awaiting', needsCare: false },
    ])
  })
})

describe('P11 what it means for live sagas', () => {
  const gone = rename('paymentPending', 'awaiting')

  test('without numbers, each state that goes needs care', async () => {
    const { effects, isSafe, advice } = await planned(gone)
    expect(effects).toEqual([{ kind: 'gone', state: 'paymentPending', isEnded: false, needsCare: true }])
    expect(isSafe).toBe(false)
    expect(advice).toEqual({ movedStates: { paymentPending: 'awaiting' }, candidates: {} })
  })

  test('with numbers, only those that sagas are in; one that is empty now is named', async () => {
    const full = await planned(gone, survey({ paymentPending: { sagas: 12 }, shipping: { sagas: 3 } }))
    expect(full.effects).toMatchObject([{ kind: 'gone', state: 'paymentPending', sagas: 12, needsCare: true }])
    const empty = await planned(gone, survey({ shipping: { sagas: 3 } }))
    expect(empty.effects).toMatchObject([{ kind: 'gone', sagas: 0, needsCare: false }])
    expect(empty).toMatchObject({ isSafe: true, advice: { movedStates: { paymentPending: 'awaiting' } } })
  })

  test('a part of the sagas proves no zero', async () => {
    const { effects, isSafe } = await planned(gone, survey({ shipping: { sagas: 3 } }, false))
    expect(effects[0]).not.toHaveProperty('sagas')
    expect(isSafe).toBe(false)
  })

  test('an end that goes meets nothing, unless open sagas are in it', async () => {
    const edit = rename('orderFailed', 'orderGone')
    expect((await planned(edit)).effects).toMatchObject([{ kind: 'gone', isEnded: true, needsCare: false }])
    expect((await planned(edit, survey({ shipping: { sagas: 1 } }))).effects).toEqual([])
    const open = await planned(edit, survey({ orderFailed: { sagas: 2 } }))
    expect(open.effects).toMatchObject([{ kind: 'gone', isEnded: false, sagas: 2, needsCare: true }])
  })

  test('lost events, a channel that goes, states that neither file has', async () => {
    const { effects } = await planned(
      (file) => {
        stateOf(file, 'shipping').outgoingTransitions?.pop()
        for (const id of ['orderPlaced', 'shipping']) stateOf(file, id).sideEffects = []
        file.communicationProtocols.pop()
      },
      {
        ...survey({ shipping: { sagas: 3 }, former: { sagas: 1 } }),
        live: {
          ...(survey({ shipping: { sagas: 3 }, former: { sagas: 1 } }).live as NonNullable<SurveyedService['live']>),
          channels: new Map([['mail', { sagas: 4, owed: 4, deadLetters: 0, parked: 0, timers: 0 }]]),
        },
      },
    )
    expect(effects).toMatchObject([
      { kind: 'gone', state: 'former', sagas: 1 },
      { kind: 'channel', channel: 'mail', sagas: 4 },
      { kind: 'deaf', state: 'shipping', events: ['parcelLost'], sagas: 3 },
    ])
  })

  test('P18 a timeout, a command and a schema differ for later visits alone', async () => {
    const edit = (file: EditedFile) => {
      const state = stateOf(file, 'paymentPending')
      state.timeout = { after: 'PT1H', event: 'paymentExpired' }
      state.outputCommand = { label: 'chargeCard', channel: 'bank' }
      Object.assign(state.outgoingTransitions?.[0] ?? {}, { payloadValidationSchema: { required: ['receipt'] } })
    }
    const { effects, isSafe } = await planned(edit, survey({ paymentPending: { sagas: 9, owed: 2, timers: 9 } }))
    expect(effects).toMatchObject([
      { kind: 'timer', state: 'paymentPending', sagas: 9 },
      { kind: 'command', state: 'paymentPending', sagas: 2 },
      { kind: 'payload', state: 'paymentPending', events: ['paymentTaken'], sagas: 9 },
    ])
    expect(isSafe).toBe(true)
  })
})
