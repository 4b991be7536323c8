import { machineInspector } from './inspect-machine.ts'
import { retryInspector } from './inspect-retries.ts'
import { secretInspector } from './inspect-secrets.ts'
import { topicInspector } from './inspect-topics.ts'
import type { Inspector } from './inspector.ts'

/** The looks at a file that `batuta check` takes, and a start does not. A further one is a function and an entry here. */
export const INSPECTORS: readonly Inspector[] = [machineInspector, retryInspector, secretInspector, topicInspector]
