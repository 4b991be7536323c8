import process from 'node:process'
import { readExample } from '../testing/load/example.ts'
import { layoutOf } from '../src/drawing/layout.ts'
import { machinePicture } from '../src/drawing/machine-picture.ts'
import { drawSvg } from '../src/drawing/svg/draw-svg.ts'
import type { MachineDefinition } from '../src/machine/definition.ts'
import { generatedMachine } from '../testing/load/generated-machine.ts'

/**
 * `npm run bench drawing`: the time of a layout and of its SVG, once in a process that has drawn nothing before it, as a service
 * does. It does not measure the request, nor the browser.
 */
export function benchDrawing(): Promise<number> {
  const machines: readonly (readonly [string, MachineDefinition, number | undefined])[] = [
    ['60 states', generatedMachine(60), 50],
    ['300 states', generatedMachine(300), 500],
    ['reservation', readExample().machineDefinition, undefined],
  ]
  for (const [name, definition, target] of machines) {
    const cpu = process.cpuUsage()
    const begun = performance.now()
    const layout = layoutOf(machinePicture(definition))
    const laidOut = performance.now()
    const { user, system } = process.cpuUsage(cpu)
    const { length } = drawSvg(layout)
    const drawn = performance.now()
    const wanted = target === undefined ? '' : ` (target ${target} ms)`
    const figures = [
      `layout ${Math.round(laidOut - begun)} ms${wanted}, ${Math.round((user + system) / 1_000)} ms of CPU`,
      `SVG ${Math.round(drawn - laidOut)} ms`,
    ]
    process.stdout.write(`${name.padEnd(12)} ${figures.join(', ')}, ${Math.ceil(length / 1024)} KiB\n`)
  }
  return Promise.resolve(0)
}
