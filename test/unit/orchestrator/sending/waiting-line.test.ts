import { describe, expect, test } from 'vitest'
import type { Sendable } from '../../../../src/orchestrator/sending/sendable.ts'
import { WaitingCommands } from '../../../../src/orchestrator/sending/waiting-commands.ts'
import { LaneLine, PlainLine } from '../../../../src/orchestrator/sending/waiting-line.ts'
import type { WaitingLine } from '../../../../src/orchestrator/sending/waiting-line.ts'

interface One {
  readonly name: string
  readonly lane: string
}

const ALL = () => true
/** `a1` waits in the lane `a`. */
const one = (name: string): One => ({ name, lane: name.slice(0, 1) })

function filled(line: WaitingLine<One>, ...names: readonly string[]): WaitingLine<One> {
  for (const name of names) line.push(one(name))
  return line
}

function drained(line: WaitingLine<One>): readonly string[] {
  const names: string[] = []
  for (let next = line.shift(ALL); next !== undefined; next = line.shift(ALL)) names.push(next.name)
  return names
}

const namesOf = (some: Iterable<One>) => [...some].map(({ name }) => name)
const of = (...names: readonly string[]) => {
  return ({ name }: One) => names.includes(name)
}

describe('a line of one channel', () => {
  test('P13 first come, first served: while the first may not start, none does', () => {
    const line = filled(new PlainLine<One>(), 'a1', 'b1', 'a2')
    expect([line.length, line.lengthOf('a'), namesOf(line.heads())]).toEqual([3, 3, ['a1']])
    expect(line.shift(of('b1'))).toBeUndefined()
    expect([drained(line), line.length, line.shift(ALL), namesOf(line.heads())]).toEqual([
      ['a1', 'b1', 'a2'],
      0,
      undefined,
      [],
    ])
  })

  test('P28 commands are taken out in their order, and the others keep theirs', () => {
    const line = filled(new PlainLine<One>(), 'a1', 'b1', 'a2', 'c1')
    expect(namesOf(line.withdraw(of('a2', 'a1')))).toEqual(['a1', 'a2'])
    expect([line.length, drained(line)]).toEqual([2, ['b1', 'c1']])
  })
})

describe('a line for each key', () => {
  test('I5 P28 keys take turns, and each keeps its order', () => {
    const line = filled(new LaneLine<One>(), 'a1', 'a2', 'a3', 'b1', 'b2', 'c1')
    expect([line.length, line.lengthOf('a'), line.lengthOf('d'), namesOf(line.heads())]).toEqual([
      6,
      3,
      0,
      ['a1', 'b1', 'c1'],
    ])
    expect([drained(line), line.length, line.lengthOf('a')]).toEqual([['a1', 'b1', 'c1', 'a2', 'b2', 'a3'], 0, 0])
  })

  test('I5 P28 a key that may not start holds up its own commands alone', () => {
    const line = filled(new LaneLine<One>(), 'a1', 'a2', 'b1')
    const notA = ({ lane }: One) => lane !== 'a'
    expect([line.shift(notA)?.name, line.shift(notA), line.length]).toEqual(['b1', undefined, 2])
    expect([namesOf(line.heads()), drained(line)]).toEqual([['a1'], ['a1', 'a2']])
  })

  test('P28 commands are taken out of every key, and a key without any is forgotten', () => {
    const line = filled(new LaneLine<One>(), 'a1', 'a2', 'b1', 'c1')
    expect(namesOf(line.withdraw(of('a1', 'b1')))).toEqual(['a1', 'b1'])
    expect([line.length, line.lengthOf('a'), line.lengthOf('b'), namesOf(line.heads())]).toEqual([
      2,
      1,
      0,
      ['a2', 'c1'],
    ])
    filled(line, 'b2')
    expect(drained(line)).toEqual(['a2', 'c1', 'b2'])
  })

  test('P28 a key with a rest after others were taken out keeps its turn', () => {
    const line = filled(new LaneLine<One>(), 'a1', 'a2', 'b1')
    line.withdraw(of('a1'))
    expect(line.shift(ALL)?.name).toBe('a2')
  })
})

describe('the commands that wait for one channel', () => {
  const item = (isRecovered: boolean, expires = 1_000, lane?: string): Sendable => {
    return { command: { channel: 'bank', payload: {} }, expires, isRecovered, lane }
  }

  function waiting(...items: readonly Sendable[]) {
    const commands = new WaitingCommands(true)
    for (const each of items)
      commands.push({ item: each, bytes: commands.admit(each, 1_000), lane: each.lane ?? 'bank' })
    return commands
  }

  test('P16 fresh and recovered commands are counted apart, those of a lane together', () => {
    const commands = waiting(item(true), item(true, 1_000, 'bank\0a'), item(false, 1_000, 'bank\0a'))
    expect([commands.count, commands.recovered, commands.recoveredOf('bank\0a'), commands.countOf('bank\0a')]).toEqual([
      3, 2, 1, 2,
    ])
    expect([...commands.heads()].map(({ item: { isRecovered }, lane }) => [isRecovered, lane])).toEqual([
      [false, 'bank\0a'],
      [true, 'bank'],
      [true, 'bank\0a'],
    ])
  })

  test('I5 where only one sort waits it goes in every turn; what has gone counts no more', () => {
    const commands = waiting(item(true), item(true), item(false))
    const pulled = Array.from({ length: 4 }, () => commands.pull(() => true)?.item.isRecovered)
    expect(pulled).toEqual([true, false, true, undefined])
    expect([commands.count, commands.bytes]).toEqual([0, 0])
  })

  test('P14 a command whose lease has ended is taken out, fresh or recovered', () => {
    const commands = waiting(item(true, 50), item(false, 50), item(false, 90))
    expect(commands.pullExpired(49)).toBeUndefined()
    expect([commands.pullExpired(50), commands.pullExpired(50)].map((one) => one?.item.isRecovered)).toEqual([
      false,
      true,
    ])
    expect([commands.pullExpired(50), commands.count]).toEqual([undefined, 1])
  })

  test('P16 the estimate of bytes counts payload and headers, or the body in place of the payload', () => {
    const bytesOf = (command: object) =>
      waiting({ ...item(false), command: { channel: 'bank', ...command } as never }).bytes
    const [small, headed] = [bytesOf({ payload: {} }), bytesOf({ payload: {}, headers: { trace: 'x'.repeat(100) } })]
    expect(headed - small).toBeGreaterThan(100)
    expect(bytesOf({ payload: { text: 'x'.repeat(300) }, body: 'y' })).toBe(bytesOf({ payload: {}, body: 'y' }))
  })

  test('P28 what is withdrawn counts no more', () => {
    const commands = waiting(item(true), item(false), item(false))
    expect(commands.withdraw(({ item: { isRecovered } }) => isRecovered === true)).toHaveLength(1)
    expect([commands.count, commands.recovered, commands.countOf('bank')]).toEqual([2, 0, 2])
  })
})
