import { afterEach, describe, expect, test } from 'vitest'
import type { Command } from '../../src/engine/saga.ts'
import type { Channel } from '../../src/ports/channel.ts'

/** Fate of a command as its participant sees it. */
export interface Received {
  readonly id: string
  readonly key: string
  readonly label: string
  readonly payload: unknown
  readonly trace: string | undefined
  /** All headers, names in lower case, one character a byte. */
  readonly headers: Readonly<Record<string, string>>
}

/** A participant whose answers the suite sets. */
export interface ChannelPeer {
  readonly received: readonly Received[]
  /** Answers of the next commands, in order; after them every answer is a success. */
  answer(...answers: ParticipantAnswer[]): void
  close(): Promise<void>
}

/** The reaction of a participant to a command. */
export type ParticipantAnswer = 'yes' | 'no' | 'later' | 'silence' | 'hang-up'

/** A kind of channel under test. */
export interface ChannelSubject {
  /** A channel and its participant. `timeout`: the channel's, in ms. */
  open(timeout: number): Promise<{ channel: Channel; peer: ChannelPeer }>
  /** The same channel without a participant. */
  unreachable(timeout: number): Promise<Channel>
  /** Gaps of this kind of channel. They are asserted, so that a gap that closes fails a test. */
  readonly gaps?: ChannelGaps
}

/** The gaps of a kind of channel, each with its reason. */
export interface ChannelGaps {
  /** Why the channel cannot hear a refusal: a command that was handed over counts as delivered. */
  readonly verdicts?: string
  /** Bytes of payload that always arrive. A payload of 1.5 MB is refused for good. */
  readonly largest?: number
}

/** The contract of every channel; each adapter's test calls it in three lines. */
export function channelContract(name: string, subject: ChannelSubject): void {
  describe(`channel contract: ${name}`, () => {
    const closing: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const close of closing.splice(0).reverse()) await close()
    })

    async function pair(timeout = 2_000) {
      const { channel, peer } = await subject.open(timeout)
      closing.push(
        () => peer.close(),
        () => channel.close(),
      )
      return { channel, peer }
    }

    test('C3.1 C3.2 key, label and the whole metadata arrive', async () => {
      const { channel, peer } = await pair()
      expect(await channel.send(COMMAND)).toEqual({ kind: 'delivered' })
      const { id, sagaId: key, label, payload, trace } = COMMAND
      expect(peer.received).toMatchObject([{ id, key, label, payload, trace }])
    })

    test('C3.6 P29 handed-on headers arrive beside the message, byte by byte', async () => {
      const { channel, peer } = await pair()
      const headers = {
        miauserid: 'u-1',
        'x-bytes': `\u00c3\u00a9 \t ${'\u0080\u00ff'.repeat(500)}`,
        'x-json': '{"a": "b, c"}',
      }
      for (const _ of ['first', 'repeat']) await channel.send({ ...COMMAND, headers })
      expect(peer.received.map((one) => one.headers)).toMatchObject([headers, headers])
      expect(peer.received[0]).toMatchObject({ id: COMMAND.id, trace: COMMAND.trace })
    })

    test('C3.6 without handed-on headers a command has its own alone', async () => {
      const { channel, peer } = await pair()
      await channel.send(COMMAND)
      expect(Object.keys(peer.received[0]?.headers ?? {})).not.toContain('miauserid')
    })

    test('C3.5 ids travel beside the message, whatever characters they hold', async () => {
      const { channel, peer } = await pair()
      const id = 'größe %2F "🎼"/7/0'
      expect(await channel.send({ ...COMMAND, id })).toEqual({ kind: 'delivered' })
      expect(peer.received[0]?.id).toBe(id)
    })

    test('P15 a refusal is reported with its status and whether it may be retried', async () => {
      const { channel, peer } = await pair()
      peer.answer('no', 'later')
      const { verdicts } = subject.gaps ?? {}
      if (verdicts !== undefined) {
        for (const _ of ['no', 'later'])
          expect(await channel.send(COMMAND), `gap: ${verdicts}`).toEqual({ kind: 'delivered' })
        return
      }
      expect(await channel.send(COMMAND)).toMatchObject({ kind: 'rejected', retryable: false })
      expect(await channel.send(COMMAND)).toMatchObject({ kind: 'rejected', retryable: true })
      expect(await channel.send(COMMAND)).toEqual({ kind: 'delivered' })
    })

    test('P15 a participant that is silent or hangs up is no answer, within the time-out', async () => {
      const { channel, peer } = await pair(300)
      peer.answer('silence', 'hang-up')
      expect(await channel.send(COMMAND)).toMatchObject({ kind: 'unreachable' })
      expect(await channel.send(COMMAND)).toMatchObject({ kind: 'unreachable' })
    })

    test('P15 a missing participant is "unreachable", never a throw', async () => {
      const channel = await subject.unreachable(1_000)
      closing.push(() => channel.close())
      const sent = await channel.send(COMMAND)
      expect(sent).toMatchObject({ kind: 'unreachable', why: expect.stringMatching(/.+/) })
    })

    test('I7 many at once all arrive, each once', async () => {
      const { channel, peer } = await pair(5_000)
      const ids = Array.from({ length: 500 }, (_, at) => `saga-${at}/0/0`)
      const sent = await Promise.all(ids.map((id) => channel.send({ ...COMMAND, id })))
      expect(sent.every(({ kind }) => kind === 'delivered')).toBe(true)
      expect(peer.received.map(({ id }) => id).sort()).toEqual([...ids].sort())
    })

    test('a megabyte of metadata arrives whole', async () => {
      const { channel, peer } = await pair(5_000)
      const { largest } = subject.gaps ?? {}
      const times = largest === undefined ? 150_000 : Math.floor((largest - 100) / BYTES)
      const payload = { text: TEXT.repeat(times), ['__proto__']: 1, nested: { constructor: [null, 1.5, false] } }
      expect(await channel.send({ ...COMMAND, payload })).toEqual({ kind: 'delivered' })
      expect(peer.received[0]?.payload).toEqual(payload)
      if (largest === undefined) return
      const more = await channel.send({ ...COMMAND, payload: { text: TEXT.repeat(150_000) } })
      expect(more, 'gap: it has a limit').toMatchObject({ kind: 'rejected', retryable: false })
      expect(peer.received).toHaveLength(1)
    })
  })
}

const TEXT = 'ä🎼"\\'
/** As JSON. */
const BYTES = 10

const COMMAND: Command = {
  id: 'saga-1/3/0',
  sagaId: 'saga-1',
  label: 'chargeCard',
  channel: 'bank',
  payload: { amount: 12, currency: 'EUR' },
  trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}
