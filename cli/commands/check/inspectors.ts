import { machineInspector } from '../../../src/config/inspect-machine.ts'
import { secretInspector } from '../../../src/config/inspect-secrets.ts'
import type { Inspector } from '../../../src/config/inspector.ts'

/** The looks at a file that a start does not take. A further one is a function and an entry here. */
export const INSPECTORS: readonly Inspector[] = [machineInspector, secretInspector]
