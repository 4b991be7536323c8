import process from 'node:process'
import { buildApplication, buildCommand } from '@stricli/core'
import type { CommandLine } from './command-line.ts'
import { execute, TEXT } from './command-line.ts'
import { demonstrate } from './demo/demonstrate.ts'
import type { Wishes } from './demo/demonstrate.ts'

const demo = buildCommand<Wishes, [], CommandLine>({
  docs: {
    brief: 'See it run: a service, its participants and a thousand sagas',
    fullDescription:
      'Starts the service as npm start does, on a free port over a store of its own below ./data, with participants at ' +
      'sockets of their own; leads sagas through it and checks how every one of them ended. Ends with 1 if one ended wrong.',
  },
  parameters: {
    flags: {
      sagas: { kind: 'parsed', parse: whole, default: '1000', placeholder: 'N', brief: 'How many sagas' },
      atOnce: { kind: 'parsed', parse: whole, default: '32', placeholder: 'N', brief: 'How many of them at once' },
      keep: { kind: 'boolean', default: false, withNegated: false, brief: 'Leave it running until Ctrl-C' },
    },
  },
  async func(wishes) {
    this.end(await demonstrate(wishes))
  },
})

function whole(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`found "${text}", expected a whole number above zero`)
}

const application = buildApplication(demo, {
  name: 'npm run demo --',
  scanner: { caseStyle: 'allow-kebab-for-camel' },
  localization: { text: TEXT },
})
process.exit(await execute(application, process.argv.slice(2))) // interrupted, sagas that nobody waits for are under way
