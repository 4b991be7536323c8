import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { StatefulSet } from 'kubernetes-types/apps/v1.js'
import type { ConfigMap, Service } from 'kubernetes-types/core/v1.js'
import { describe, expect, test } from 'vitest'
import { readConfiguration } from '../../src/config/read-configuration.ts'
import { VERSION } from '../../src/version.ts'
import { documents, read, ROOT, yaml } from './files.ts'
import { misfits } from './manifests.ts'
import type { Manifest } from './manifests.ts'
import { serviceProblems, setProblems } from './pod-rules.ts'

const FOLDER = 'examples/kubernetes'
const FILES = readdirSync(join(ROOT, FOLDER)).filter((name) => /(?<!kustomization)\.yaml$/.test(name))
const MANIFESTS = FILES.flatMap((name) => documents<Manifest>(read(FOLDER, name)))

const ofKind = <T>(kind: string) => MANIFESTS.filter((one) => one.kind === kind) as unknown as readonly T[]
const set = () => structuredClone(ofKind<StatefulSet>('StatefulSet')[0]) as StatefulSet

/** A copy of the set in which something was changed, by its path. */
function planted(path: string, value: unknown): StatefulSet {
  const copy = set()
  const keys = path.split('.')
  let place = copy as unknown as Record<string, unknown>
  for (const key of keys.slice(0, -1)) place = place[key] as Record<string, unknown>
  expect(place, path).toBeTypeOf('object')
  place[keys.at(-1) as string] = value
  return copy
}

const POD = 'spec.template.spec'
const OWN = `${POD}.containers.0`

describe('examples/kubernetes', () => {
  test('every manifest is what the types of the API say, and has no field that they do not know', async () => {
    expect(MANIFESTS).toHaveLength(4)
    expect(await misfits(MANIFESTS)).toEqual([])
  })

  test('the parts of the set fit each other, the image and the service', () => {
    expect(setProblems(set())).toEqual([])
  })

  test('both Services lead to its pods, and the headless one is its own', () => {
    const services = ofKind<Service>('Service')
    expect(services.flatMap((service) => serviceProblems(service, set()))).toEqual([])
    const headless = services.filter(({ spec }) => spec?.clusterIP === 'None').map(({ metadata }) => metadata?.name)
    expect(headless).toEqual([set().spec?.serviceName])
  })

  test("the ConfigMap's saga.json is valid, and its secrets are where the Secret is mounted", async () => {
    const [map] = ofKind<ConfigMap>('ConfigMap')
    const asked: string[] = []
    const readFile = async (path: string) => (asked.push(path), new TextEncoder().encode('secret'))
    const configuration = await readConfiguration(map?.data?.['saga.json'] ?? '', {
      readFile,
      variable: () => undefined,
    })
    expect(configuration).toMatchObject({ ok: true, warnings: [] })
    const pod = set().spec?.template.spec
    const [secret] = pod?.volumes?.filter((volume) => volume.secret !== undefined) ?? []
    const mount = pod?.containers[0]?.volumeMounts?.find(({ name }) => name === secret?.name)?.mountPath
    expect(asked).toEqual([`${mount}/username`, `${mount}/password`])
    expect(pod?.volumes?.map(({ configMap }) => configMap?.name)).toContain(map?.metadata?.name)
  })

  test('its machine is that of examples/kafka', () => {
    const [map] = ofKind<ConfigMap>('ConfigMap')
    const machine = (text: string) => (JSON.parse(text) as { machineDefinition: unknown }).machineDefinition
    expect(machine(map?.data?.['saga.json'] ?? '')).toEqual(machine(read('examples/kafka/saga.json')))
  })

  test('the kustomization has all files, and the image of this version', () => {
    const kustomization = yaml<Record<string, unknown>>(read(FOLDER, 'kustomization.yaml'))
    expect(kustomization['resources']).toEqual(FILES.toSorted())
    expect(kustomization['images']).toEqual([{ name: 'batuta', newName: 'batuta', newTag: VERSION }])
    expect(set().spec?.template.spec?.containers[0]?.image).toBe(`batuta:${VERSION}`)
  })
})

describe('a wrong manifest is refused', () => {
  test.each([
    ['a field that nobody knows', planted(`${OWN}.securityContext.readOnlyFilesystem`, true), 'readOnlyFilesystem'],
    ['a text where a number belongs', planted('spec.replicas', '1'), "'string' is not assignable to type 'number'"],
    ['a field that must be there', planted(`${OWN}.name`, undefined), "Property 'name' is missing"],
    ['a kind that we have no types for', { ...set(), apiVersion: 'apps/v1beta1' }, 'never'],
  ])('by the types: %s', async (_, manifest, complaint) => {
    expect((await misfits([manifest as unknown as Manifest])).join('\n')).toContain(complaint)
  })

  test.each([
    ['spec.replicas', 2, 'replicas: a SQLite file belongs to one process'],
    [
      'spec.volumeClaimTemplates.0.spec.accessModes',
      ['ReadWriteOnce'],
      'volumeClaimTemplates: two pods may have the volume',
    ],
    ['spec.selector.matchLabels', { app: 'x' }, 'selector: does not match the pods'],
    [`${POD}.securityContext.runAsNonRoot`, false, 'runAsNonRoot: it may be root'],
    [`${POD}.securityContext.runAsUser`, 1000, "runAsUser: 1000:10001 is not the image's"],
    [`${POD}.securityContext.fsGroup`, 1, 'fsGroup: the user may not write to the volume'],
    [`${POD}.securityContext.seccompProfile`, undefined, 'seccompProfile: none'],
    [`${POD}.automountServiceAccountToken`, true, 'automountServiceAccountToken: it needs none'],
    [`${OWN}.securityContext.readOnlyRootFilesystem`, false, 'readOnlyRootFilesystem: it may be written to'],
    [`${OWN}.securityContext.allowPrivilegeEscalation`, true, 'allowPrivilegeEscalation: allowed'],
    [`${OWN}.securityContext.capabilities.drop`, ['NET_RAW'], 'capabilities: not all are dropped'],
    [`${OWN}.env.0.name`, 'CONFIGURATION_FILE_PATH', 'env: nobody reads CONFIGURATION_FILE_PATH'],
    [`${OWN}.env.2.value`, '8080', 'ports: nobody listens there'],
    [`${OWN}.livenessProbe.httpGet.path`, '/healthz', 'livenessProbe: there is no route "/healthz"'],
    [`${OWN}.livenessProbe.httpGet.path`, '/-/ready', 'livenessProbe: a broker that is away would end the pod'],
    [`${OWN}.livenessProbe.failureThreshold`, 3, 'livenessProbe: an outage of a minute would end the pod'],
    [`${OWN}.readinessProbe.httpGet.port`, 'web', 'readinessProbe: there is no port web'],
    [`${OWN}.startupProbe`, undefined, 'startupProbe: there is no route ""'],
    [`${OWN}.volumeMounts.0.mountPath`, '/configuration', 'volumeMounts: no /flow-configuration/saga.json'],
    [`${OWN}.volumeMounts.2.mountPath`, '/var/data', 'volumeMounts: the data would end with the pod'],
    [`${OWN}.volumeMounts.1.name`, 'credentials', 'volumeMounts: there is no volume credentials'],
    [`${POD}.terminationGracePeriodSeconds`, 35, 'terminationGracePeriodSeconds: expected more than 35'],
  ])('%s: %j', (path, value, problem) => {
    expect(setProblems(planted(path, value))).toContain(problem)
  })

  test.each([
    ['selector', { 'app.kubernetes.io/name': 'other' }, 'selector: no pod has app.kubernetes.io/name: other'],
    ['ports', [{ port: 80, targetPort: 'web' }], 'targetPort: no pod has web'],
  ])('a Service with another %s', (key, value, problem) => {
    const [service] = ofKind<Service>('Service')
    expect(serviceProblems({ spec: { ...service?.spec, [key]: value } } as Service, set())).toEqual([problem])
  })
})
