import { describe, expect, test } from 'vitest'
import { readPlayFile } from '../../../cli/play/read-play-file.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'

const MACHINE: MachineDefinition = {
  initialState: 'created',
  states: [
    {
      id: 'created',
      isFinal: false,
      outputCommand: { label: 'validate', channel: 'shop' },
      sideEffects: [{ label: 'notify', channel: 'shop' }, { label: 'log' }],
      outgoingTransitions: [
        { inputEvent: 'validationOK', targetState: 'done' },
        { inputEvent: 'validationKO', targetState: 'done' },
      ],
    },
    { id: 'done', isFinal: true },
  ],
}

function problemsOf(file: unknown): readonly string[] {
  const read = readPlayFile(typeof file === 'string' ? file : JSON.stringify(file), MACHINE)
  return read.ok ? [] : read.problems
}

describe('the play file', () => {
  test('a play file has events with weights and payloads, latency, failures, silence, script and cost for each command', () => {
    const validate = {
      events: { validationOK: 9, validationKO: { weight: 1, payload: { why: 'taken' } } },
      latency: ['PT0.1S', 'PT2S'],
      failureRate: 0.1,
      silence: 0.2,
      script: ['validationKO', 'validationOK'],
      cost: 0.25,
    }
    const file = { $schema: './play.schema.json', commands: { validate, notify: { latency: 'PT1S' } } }
    const read = readPlayFile(JSON.stringify(file), MACHINE)
    expect(read).toEqual({
      ok: true,
      value: {
        $schema: './play.schema.json',
        commands: {
          validate: {
            events: {
              validationOK: { weight: 9, payload: {} },
              validationKO: { weight: 1, payload: { why: 'taken' } },
            },
            latency: [100, 2_000],
            failureRate: 0.1,
            silence: 0.2,
            script: ['validationKO', 'validationOK'],
            cost: 0.25,
          },
          notify: { latency: [1_000, 1_000], failureRate: 0, silence: 0, cost: 0 },
        },
      },
    })
  })

  test('an unknown command, event or key is refused with the nearest word and its place', () => {
    const text = `{
  "commands": {
    "validte": {},
    "validate": {
      "events": { "validationOk": 1 },
      "latancy": "PT1S"
    }
  },
  "comands": {}
}`
    expect(problemsOf(text)).toEqual([
      'comands (9:3): found an unknown key, expected a known key; the nearest is "commands"',
      'commands.validate.latancy (6:7): found an unknown key, expected a known key; the nearest is "latency"',
      'commands.validte (3:5): found "validte", expected the label of a command of the machine; the nearest is "validate"',
      'commands.validate.events.validationOk (5:19): found "validationOk", expected an event of a state that sends "validate"; the nearest is "validationOK"',
    ])
  })

  test.each([
    [{}, 'commands (1:1): found nothing, expected an object of command labels'],
    [{ commands: { validate: 5 } }, 'commands.validate (1:25): found 5, expected an object'],
    [{ commands: { validate: { events: { validationOK: 0 } } } }, 'found 0, expected a number above zero'],
    [
      { commands: { validate: { events: {} } } },
      'expected an object of event labels with their weights, with one event',
    ],
    [{ commands: { validate: { latency: '1s' } } }, 'found "1s", expected an ISO 8601 duration, such as "PT0.2S"'],
    [{ commands: { validate: { latency: ['PT2S', 'PT1S'] } } }, 'expected an ISO 8601 duration'],
    [{ commands: { validate: { failureRate: 10 } } }, 'failureRate (1:40): found 10, expected a share of the commands'],
    [{ commands: { validate: { silence: '10%' } } }, 'found "10%", expected a share of the commands, from 0 to 1'],
    [{ commands: { validate: { cost: -1 } } }, 'commands.validate.cost (1:33): found -1, expected a number, from 0'],
    [{ commands: { validate: { script: [] } } }, 'found an empty array, expected an array of event labels'],
    [
      { commands: { validate: { script: ['validationOK', 'validationMaybe'] } } },
      'commands.validate.script[1] (1:51): found "validationMaybe", expected an event of a state that sends "validate"',
    ],
    [{ commands: { log: {} } }, 'found "log", expected the label of a command of the machine'],
    [{ commands: [] }, 'commands (1:13): found an empty array, expected an object of command labels'],
    ['{', 'the file (1:2)'],
    ['[]', 'the file: found an empty array, expected an object'],
  ])('%j is refused: %s', (file, problem) => {
    expect(problemsOf(file).join('\n')).toContain(problem)
  })
})
