import { cpus } from 'node:os'
import process from 'node:process'
import { SagaEndings } from '../testing/load/saga-endings.ts'
import { processorSeconds, quantile } from '../testing/load/figures.ts'
import { sideBySide } from '../testing/load/run-saga.ts'
import { startParticipant } from '../testing/load/participant.ts'
import type { Emission, ReceivedCommand } from '../testing/load/participant.ts'
import type { ServiceFigures, DriveOrder } from './drive.ts'
import { familySeconds } from './process-family.ts'
import { CONFIRMED, openDoor } from './saga-doors.ts'

/**
 * Drives one service, in a process of its own, so that its cost does not count as the service's. Prints the port of its
 * participant, reads an order, prints the figures.
 */
const endings = new SagaEndings()
const errors: string[] = []
const participant = await startParticipant({
  answer,
  emitted: ({ sagaId, currentState }) => void (currentState === CONFIRMED && endings.ended(sagaId, currentState)),
  failed: ({ message }) => void errors.push(message),
})
process.on('message', (order: DriveOrder) => void drive(order).then((figures) => process.send?.(figures)))
process.on('disconnect', () => process.exit())
process.send?.(participant.port)

/** Answers at once, always with success. */
function answer({ label }: ReceivedCommand): Emission {
  return label === 'validateReservation'
    ? { label: 'validationOK', payload: { price: 50 } }
    : { label: 'checkOK', payload: { table: 4 } }
}

/** Parallel lanes without pauses. Sagas that end between the warm-up and the end of the measurement count. */
async function drive({ url, pids, wire, atOnce, warmUp, measure }: DriveOrder): Promise<ServiceFigures> {
  const door = openDoor(wire, { url, connections: 2 * atOnce, endings })
  participant.connect(door)
  const from = performance.now() + warmUp
  const until = from + measure
  const times: number[] = []
  let number = 0
  const one = async (): Promise<boolean> => {
    const begun = performance.now()
    await door.lead(creation(++number))
    const ended = performance.now()
    if (ended >= from && ended < until) times.push(ended - begun)
    return ended < until
  }
  const cost = costBetween(pids, warmUp, measure)
  await sideBySide(atOnce, one)
  const { service, driver, machine } = await cost
  const seconds = measure / 1_000
  await door.close()
  if (errors.length > 0) throw new Error(errors[0])
  return {
    rate: times.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    microseconds: (service * 1e6) / times.length,
    busy: {
      service: service / seconds,
      driver: driver / seconds,
      others: Math.max(0, machine - service - driver) / seconds,
    },
  }
}

function creation(number: number) {
  return {
    associatedEntityId: `reservation-${number}`,
    metadata: { reservation: number, guests: 2, name: 'Ada Lovelace' },
  }
}

interface ProcessorTimes {
  readonly service: number
  readonly driver: number
  readonly machine: number
}

/** Processor seconds of the service, of this process and of all processes during the measurement. */
async function costBetween(pids: readonly number[], warmUp: number, measure: number): Promise<ProcessorTimes> {
  await pause(warmUp)
  const before = costUntilNow(pids)
  await pause(measure)
  const after = costUntilNow(pids)
  return {
    service: after.service - before.service,
    driver: after.driver - before.driver,
    machine: after.machine - before.machine,
  }
}

function costUntilNow(pids: readonly number[]): ProcessorTimes {
  const busy = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq)
  const machine = busy.reduce((sum, one) => sum + one, 0) / 1_000
  return { service: familySeconds(pids), driver: processorSeconds(process.pid), machine }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
