import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { describeKafka } from '../services/kafka.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeUpstash } from '../services/upstash-suite.ts'
import { CrewRun, expired } from './support/crew-run.ts'
import { keyOf, brokenPromises } from './support/broken-promises.ts'

const [SAGAS, SECONDS] = [1_000, 38]

describeKafka('Kafka workers that join and leave every three seconds', () => {
  describeUpstash('on Upstash Redis', (upstash) => {
    nothingIsLost((place) => {
      const { url, token } = upstash()
      return { type: 'upstash-redis', configurations: { url, token, prefix: `${place}:` } }
    })
  })

  describeMongo('on MongoDB', (mongo) => {
    nothingIsLost((place) => ({
      type: 'mongo',
      configurations: { connectionUri: mongo.uri(), collectionName: place },
    }))
  })
})

/** `store`: in a place of its own, since a second try must not find the sagas of the first. */
function nothingIsLost(store: (place: string) => { readonly type: string }): void {
  test(
    'I1 I2 I3 I4 I7 I8 I9 P10 P18 1,000 sagas: nothing is lost, nothing is done twice',
    { timeout: 300_000 },
    async () => {
      const shift = await CrewRun.open(store(`sagas-${randomUUID()}`))
      const { crew, load, plan, effects } = shift
      try {
        await shift.work(SAGAS, SECONDS)
        await shift.rest()
        const aftermath = await shift.look()
        const problems = brokenPromises(plan, load.created, aftermath)
        const { commands, events } = aftermath
        const keys = new Set(commands.map(keyOf)).size
        console.log(shift.summary(aftermath))
        expect(load.created).toHaveLength(SAGAS)
        expect(problems.slice(0, 20), `${problems.length} problems`).toEqual([])
        expect(
          [...effects].filter(([, times]) => times > 1),
          'done under two keys',
        ).toEqual([])
        expect(effects.size).toBe(keys)
        expect(events).toHaveLength(shift.eventsWanted(aftermath))
        expect(shift.withoutEffect(), 'events that came to nothing').toEqual([])

        const times = [crew.times('join'), crew.times('terminate'), crew.times('kill')]
        const counts = 'the run does not count: too little has happened'
        for (const [index, least] of [4, 2, 2].entries()) expect(times[index], counts).toBeGreaterThanOrEqual(least)
        expect(Math.min(...crew.made.map(({ open }) => open)), 'the run does not count: all was quiet').toBeGreaterThan(
          0,
        )
        expect(expired([...aftermath.documents.values()]), 'the run does not count: no timer fired').toBeGreaterThan(0)
        expect(commands.length - keys, 'the run does not count: nobody left anything behind').toBeGreaterThan(0)
      } catch (thrown) {
        console.log(`what the workers said: ${crew.keep()}`)
        throw thrown
      } finally {
        await shift.close()
      }
    },
  )
}
