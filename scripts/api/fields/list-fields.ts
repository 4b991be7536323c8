import { INSTANT } from './field.ts'
import type { Field } from './field.ts'

/** Fields of `GET /sagas`. */
export const LIST_FIELDS: Readonly<Record<string, Field>> = {
  'SagaPage.state': { description: 'Id of the state', example: 'reservationCreated' },
  'SagaPage.timer': { description: 'Deadline of the state; absent where it has none', ...INSTANT },
  'SagaPage.hold': { description: 'Time since which the saga is held; absent where it is not', ...INSTANT },
  'SagaPage.owed': {
    description: 'Unsent commands; in `counts` the sagas that have some',
    type: 'integer',
    minimum: 0,
    example: 3,
  },
  'SagaPage.deadLetters': {
    description: 'Dead letters; in `counts` the sagas that have some',
    type: 'integer',
    minimum: 0,
    example: 0,
  },
  'SagaPage.parked': {
    description: 'Parked events; in `counts` the sagas that have some',
    type: 'integer',
    minimum: 0,
    example: 0,
  },
  'GET /sagas currentState': { description: 'Sagas in this state; 400 where neither saga.json nor a saga has it' },
  'GET /sagas businessStateId': { description: 'Sagas in this business state, by the text of its id' },
  'GET /sagas isFinal': { description: 'Sagas that are final, or are not', type: 'boolean', enum: undefined },
  'GET /sagas associatedEntityId': { description: 'Sagas of this entity' },
  'GET /sagas since': { description: 'Sagas created at this time or later', ...INSTANT },
  'GET /sagas until': { description: 'Sagas created before this time', ...INSTANT },
  'GET /sagas has': { description: 'Sagas with unsent commands, dead letters, parked events, a timer or a hold' },
  'GET /sagas enteredBefore': { description: 'Sagas that entered their state before this time', ...INSTANT },
  'GET /sagas channel': {
    description:
      'Sagas with an unsent command or a dead letter of this channel; 400 where neither saga.json nor a saga has it',
  },
  'GET /sagas attemptsAtLeast': {
    description: 'Sagas with an unsent command that has had so many answers without success',
    type: 'integer',
    pattern: undefined,
    minimum: 1,
    maximum: 999_999_999,
  },
  'GET /sagas lastAnswer': {
    description:
      'With `has=owed` or `has=dead-letters`: sagas with this last answer, as `lastAnswers` of a list has it; with `channel`, at its commands. 400 without `has`',
    minLength: 1,
    example: '422 limit exceeded',
  },
  'SagaPage.lastAnswers': {
    description:
      'Last answers of commands that were sent in vain, and reasons of dead letters, each once, at most five. A word with a digit is `#`, so that sagas of one cause share the text',
  },
  'SagaPage.has': { description: 'The filter of `GET /sagas` that finds it', example: 'dead-letters' },
  'SagaPage.channel': { description: 'Channel of the command; absent for an event' },
  'SagaPage.answer': {
    description: 'Status and first words, or the reason: the value of the filter `lastAnswer`',
    example: '422 limit exceeded',
  },
  'GET /sagas counts': {
    description:
      'True: the answer has the numbers of sagas by state too; 501 where the store can neither count nor list',
    type: 'boolean',
    enum: undefined,
  },
  'GET /sagas limit': {
    description: 'Sagas of a page',
    type: 'integer',
    pattern: undefined,
    minimum: 1,
    maximum: 200,
    default: 50,
  },
  'GET /sagas cursor': {
    description: '`next` of the page before',
    pattern: "^-?[0-9]{1,15}~(?:[\\w.!~*'()-]|%[0-7][0-9A-F])+$",
  },
}
