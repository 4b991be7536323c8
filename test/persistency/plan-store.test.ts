import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import type { DeployPlan } from '../../cli/commands/plan/deploy-plan.ts'
import { birth, step } from '../../testing/contract/build.ts'
import { runCommand } from '../unit/cli/service.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-plan-store-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Sagas of the contract's machine begin in `open`, and `reserved` leads them to `paying`. */
function file(name: string, paying: string, sqlite?: string): string {
  const path = join(folder, name)
  const states = [
    { id: 'open', isFinal: false, outgoingTransitions: [{ inputEvent: 'reserved', targetState: paying }] },
    { id: paying, isFinal: false, outgoingTransitions: [{ inputEvent: 'paid', targetState: 'paid' }] },
    { id: 'paid', isFinal: true },
  ]
  const configurations = sqlite === undefined ? {} : { configurations: { path: sqlite } }
  const persistencyManagement = { type: 'sqlite', ...configurations }
  const machineDefinition = { initialState: 'open', states }
  writeFileSync(path, JSON.stringify({ machineDefinition, communicationProtocols: [], persistencyManagement }))
  return path
}

describe('batuta plan beside the owner of a SQLite file', () => {
  test('P11 more than a page of sagas: each that would be stranded is named, and nothing is written', async () => {
    const path = join(folder, 'batuta.sqlite')
    const owner = openSqlite({ path, random: () => 0.5 })
    const [waiting, paying]: string[][] = [[], []]
    for (let n = 0; n < 450; n++) {
      const { change, next } = birth()
      await owner.save(change, next, 'absent')
      if (n % 2 === 0) {
        waiting?.push(next.id)
        continue
      }
      const basis = (await owner.load(next.id))?.basis ?? 'absent'
      const moved = step(next, 'reserved')
      await owner.save(moved.change, moved.next, basis)
      paying?.push(next.id)
    }
    const old = file('old.json', 'paying', path)
    const changed = file('new.json', 'charging', path)
    for (const place of [folder, path, old]) {
      const args = ['plan', old, changed, '--store', place, '--json', '--ids', '1000']
      const { code, stdout, stderr } = await runCommand(args, {})
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
      const plan = JSON.parse(stdout) as DeployPlan
      expect(plan.service).toEqual({ url: place, hasOldMachine: true, open: 450, isComplete: true })
      expect(plan.effects).toMatchObject([{ kind: 'gone', state: 'paying', sagas: 225, needsCare: true }])
      expect(plan.effects[0]?.ids?.toSorted()).toEqual(paying?.toSorted())
      expect(plan.advice.movedStates).toEqual({ paying: 'charging' })
    }
    const text = await runCommand(['plan', old, changed, '--store', folder], {})
    expect(text.stdout).toMatch(/\n {2}225 sagas in "paying", .+\n {4}such as (saga-[0-9a-f-]+(, |\n)){3}/)
    await owner.close()
    expect(new DatabaseSync(path).prepare('SELECT count(*) AS sagas FROM sagas').get()).toEqual({ sagas: 450 })
  })

  test('a place that is none, or two of them: the reason, code 2', async () => {
    const old = file('old.json', 'paying')
    const nowhere = await runCommand(['plan', old, old, '--store', join(folder, 'nowhere')], {})
    expect(nowhere).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^open ".*nowhere": ENOENT/) })
    const both = await runCommand(['plan', old, old, '--store', folder, '--url', 'http://127.0.0.1:9'], {})
    expect(both).toMatchObject({
      code: 2,
      stderr: 'plan a deploy: found --url and --store, expected one of them\n',
    })
  })
})
