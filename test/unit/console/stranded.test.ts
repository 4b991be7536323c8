import { describe, expect, test } from 'vitest'
import type { Deploy } from '../../../pages/console/api/draft.ts'
import { metStrandings } from '../../../pages/console/views/edit/stranded.ts'
import { MACHINE, openTestApp } from '../http/test-app.ts'

const DEPLOY: Deploy = {
  states: ['asked', 'done', 'former'],
  strandings: [
    { kind: 'gone', state: 'paying', isEnded: false },
    { kind: 'channel', channel: 'post' },
    { kind: 'deaf', state: 'asked', events: ['refused'] },
  ],
}

describe('P11 what a changed saga.json strands, on the page', () => {
  test('all that goes is named where sagas are not known', () => {
    expect(metStrandings(DEPLOY)).toEqual(DEPLOY.strandings)
  })

  test('where sagas are known, only what meets them, and states that neither file has', () => {
    const states = new Map([
      ['lost', 2],
      ['asked', 1],
      ['former', 3],
    ] as const)
    expect(metStrandings(DEPLOY, { states, channels: new Map([['post', 'some']]) })).toEqual([
      { kind: 'gone', state: 'lost', isEnded: false, sagas: 2 },
      { kind: 'channel', channel: 'post', sagas: 'some' },
      { kind: 'deaf', state: 'asked', events: ['refused'], sagas: 1 },
    ])
  })

  test('the service compares a draft with the file that it runs', async () => {
    const [asked, done] = MACHINE.states
    const states = [{ ...asked, id: 'questioned' }, done]
    const settings = { movedStates: { asked: 'questioned', older: 'done', nowhere: 'x' } }
    const machineDefinition = { ...MACHINE, initialState: 'questioned', states }
    const answer = await openTestApp().post('/console/draft', { text: JSON.stringify({ machineDefinition, settings }) })
    const { deploy } = (await answer.json()) as { deploy: Deploy }
    expect(deploy.states).toEqual(['questioned', 'done', 'asked', 'older'])
    expect(deploy.strandings).toContainEqual({ kind: 'moved', state: 'asked', to: 'questioned', events: [] })
    expect(deploy.strandings).toContainEqual({ kind: 'moved', state: 'older', to: 'done', events: [] })
  })
})
