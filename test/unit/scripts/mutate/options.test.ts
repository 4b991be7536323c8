import { expect, test } from 'vitest'
import { readOptions } from '../../../../scripts/mutate/options.ts'

test('without arguments: the rooms of the core that decide, write and encode, and not the earlier results', () => {
  const options = optionsOf()
  expect(options.rooms.map(({ name }) => name)).toEqual(['engine', 'codec', 'orchestrator'])
  expect(options.rooms[0]?.files).toContain('src/engine/decide.ts')
  expect(options.rooms[2]?.files.every((file) => file.startsWith('src/orchestrator/'))).toBe(true)
  expect(options.resume).toBe(false)
  expect(options.workers).toBeGreaterThanOrEqual(1)
})

test('files are run by the room that has their tests', () => {
  const options = optionsOf(
    '--files',
    'src/engine/merge.ts,src/codec/json.ts,src/engine/park.ts',
    '--workers',
    '3',
    '--resume',
  )
  expect(options).toEqual({
    rooms: [
      { name: 'engine', files: ['src/engine/merge.ts', 'src/engine/park.ts'] },
      { name: 'codec', files: ['src/codec/json.ts'] },
    ],
    workers: 3,
    resume: true,
    sample: 1,
  })
})

test('a sample is one mutant of so many', () => {
  expect(optionsOf('--sample', '1/4').sample).toBe(4)
})

test.for(['4', '2/4', '1/0', '1/x', '-1/4'])('the sample %s is refused', (sample) => {
  expect(readOptions([`--sample=${sample}`])).toBe(`read --sample: found "${sample}", expected one of so many, as 1/4`)
})

test.for([
  ['a folder that is not there', '--only', 'src/engin'],
  ['a folder without unit tests of its own', '--only', 'workers'],
  ['a file that is not there', '--files', 'src/engine/nothing.ts'],
  ['a file at the root of src', '--files', 'src/errors.ts'],
])('%s is refused by its name', ([, ...args]) => {
  expect(readOptions(args)).toContain(`found "${args[1]}`)
})

test.for(['0', '1.5', 'many'])('%s workers are refused', (workers) => {
  expect(readOptions(['--workers', workers])).toBe(
    `read --workers: found "${workers}", expected a number of at least 1`,
  )
})

function optionsOf(...args: string[]) {
  const options = readOptions(args)
  if (typeof options === 'string') throw new Error(options)
  return options
}
