import { createHash } from 'node:crypto'
import type { RunScripts } from '../../adapters/persistency/redis/transport.ts'
import { RedisKeys } from '../../adapters/persistency/redis/keys.ts'
import type { Script } from '../../adapters/persistency/redis/scripts/script.ts'
import { encodeSave } from '../../adapters/persistency/redis/encode.ts'
import type { Recorded } from './load.ts'
import { at, refused } from './subject.ts'
import type { BareWriter, Revision } from './subject.ts'

/** The smallest conditional write in Redis. */
const TEXT = `
if (redis.call('HGET', KEYS[1], 'w') or '') ~= ARGV[1] then return 'conflict' end
redis.call('HSET', KEYS[1], 'w', ARGV[2], 'h', ARGV[3], ARGV[4], ARGV[5], 'm', ARGV[6])
return 'saved'`
export const COMPARE_AND_SET: Script = { text: TEXT, sha: createHash('sha1').update(TEXT).digest('hex') }

/** One script a write. */
export function bareOf(run: RunScripts, recorded: readonly Recorded[]): BareWriter {
  const keys = new RedisKeys('bare:')
  const writes = recorded.map(({ change, next }) => {
    const call = encodeSave({ change, next, basis: 'absent' }, keys, undefined)
    if ('kind' in call) throw new TypeError('the load is too large')
    const [, writeId = '', , , head = '', event = '', entry = '', metadata = ''] = call.args
    return { writeId, args: [writeId, head, event, entry, metadata] }
  })
  const write = async (id: string, number: number, basis: string): Promise<Revision> => {
    const { writeId, args } = at(writes, number)
    const call = { script: COMPARE_AND_SET, keys: [keys.saga(id)], args: [basis, ...args] }
    const [answer] = await run([call])
    if (answer === undefined || 'error' in answer || answer.result !== 'saved') throw refused('script', answer)
    return writeId
  }
  return {
    create: (id) => write(id, 0, ''),
    write: (id, number, before = '') => write(id, number, before),
  }
}
