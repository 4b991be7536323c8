import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js'
import type { Service } from 'kubernetes-types/core/v1.js'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js'
import { describe, expect, test } from 'vitest'
import { readConfiguration } from '../../src/config/read-configuration.ts'
import { VERSION } from '../../src/version.ts'
import { documents, read, ROOT, yaml } from './files.ts'
import { misfits } from './manifests.ts'
import type { Manifest } from './manifests.ts'
import { deploymentProblems, serviceProblems, setProblems } from './pod-rules.ts'

const ALONE = 'examples/kubernetes'
const SHARED = 'examples/kubernetes/shared'

const filesOf = (folder: string) =>
  readdirSync(join(ROOT, folder)).filter((name) => /(?<!kustomization)\.yaml$/.test(name))
const manifestsOf = (folder: string) => filesOf(folder).flatMap((name) => documents<Manifest>(read(folder, name)))
const ofKind = <T>(folder: string, kind: string) =>
  manifestsOf(folder).filter((one) => one.kind === kind) as unknown as readonly T[]
const set = () => ofKind<StatefulSet>(ALONE, 'StatefulSet')[0] as StatefulSet
const deployment = () => ofKind<Deployment>(SHARED, 'Deployment')[0] as Deployment
const podOf = ({ spec }: StatefulSet | Deployment) => spec?.template.spec

/** A copy of the set with another value at a path. */
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

describe.each([
  [ALONE, set, 3],
  [SHARED, deployment, 3],
] as const)('%s', (folder, workload, count) => {
  test('every manifest fits the types of the API and has no unknown field', async () => {
    expect(manifestsOf(folder)).toHaveLength(count)
    expect(await misfits(manifestsOf(folder))).toEqual([])
  })

  test('every Service leads to its pods', () => {
    const services = ofKind<Service>(folder, 'Service')
    expect(services.flatMap((service) => serviceProblems(service, workload().spec?.template))).toEqual([])
  })

  test('its saga.json is valid, its secrets are where the Secrets are mounted, and its machine is that of examples/kafka', async () => {
    const asked: string[] = []
    const readFile = async (path: string) => (asked.push(path), new TextEncoder().encode('mongodb://secret/sagas'))
    const text = read(folder, 'saga.json')
    const configuration = await readConfiguration(text, { readFile, variable: () => undefined })
    expect(configuration).toMatchObject({ ok: true, warnings: [] })
    const pod = podOf(workload())
    const secrets = pod?.volumes?.filter((volume) => volume.secret !== undefined).map(({ name }) => name) ?? []
    const mounts = pod?.containers[0]?.volumeMounts?.filter(({ name }) => secrets.includes(name)) ?? []
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter((path) => !mounts.some(({ mountPath }) => path.startsWith(`${mountPath}/`)))).toEqual([])
    const machine = (source: string) => (JSON.parse(source) as { machineDefinition: unknown }).machineDefinition
    expect(machine(text)).toEqual(machine(read('examples/kafka/saga.json')))
  })

  test('the kustomization has all files, the image of this version, and the ConfigMap that the pods mount', () => {
    const kustomization = yaml<Record<string, unknown>>(read(folder, 'kustomization.yaml'))
    expect(kustomization['resources']).toEqual(filesOf(folder).toSorted())
    expect(kustomization['images']).toEqual([{ name: 'batuta', newName: 'batuta', newTag: VERSION }])
    expect(kustomization['configMapGenerator']).toEqual([{ name: 'batuta-configuration', files: ['saga.json'] }])
    const pod = podOf(workload())
    expect(pod?.volumes?.flatMap(({ configMap }) => configMap?.name ?? [])).toEqual(['batuta-configuration'])
    expect(pod?.containers[0]?.image).toBe(`batuta:${VERSION}`)
  })

  test('README.md creates every Secret that the pods name', () => {
    const pod = podOf(workload())
    const named = [
      ...(pod?.volumes ?? []).map(({ secret }) => secret?.secretName),
      ...(pod?.containers[0]?.env ?? []).map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
    ].filter((name) => name !== undefined)
    for (const name of named) expect(read(ALONE, 'README.md')).toContain(`kubectl create secret generic ${name} `)
  })
})

describe('the workloads', () => {
  test('the parts of the set fit each other, the image and the service', () => {
    expect(setProblems(set())).toEqual([])
  })

  test('the headless Service is that of the set', () => {
    const headless = ofKind<Service>(ALONE, 'Service').filter(({ spec }) => spec?.clusterIP === 'None')
    expect(headless.map(({ metadata }) => metadata?.name)).toEqual([set().spec?.serviceName])
  })

  test('the parts of the deployment fit each other, the image and the service', () => {
    expect(deploymentProblems(deployment())).toEqual([])
  })

  test('its disruption budget counts its pods', () => {
    const [budget] = ofKind<PodDisruptionBudget>(SHARED, 'PodDisruptionBudget')
    expect(budget?.spec?.selector).toEqual(deployment().spec?.selector)
  })
})

describe('a wrong manifest is refused', () => {
  test.each([
    ['an unknown field', planted(`${OWN}.securityContext.readOnlyFilesystem`, true), 'readOnlyFilesystem'],
    ['a text where a number belongs', planted('spec.replicas', '1'), "'string' is not assignable to type 'number'"],
    ['a missing field', planted(`${OWN}.name`, undefined), "Property 'name' is missing"],
    ['a kind without types', { ...set(), apiVersion: 'apps/v1beta1' }, 'never'],
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
    [`${OWN}.securityContext.readOnlyRootFilesystem`, false, 'readOnlyRootFilesystem: it is writable'],
    [`${OWN}.securityContext.allowPrivilegeEscalation`, true, 'allowPrivilegeEscalation: allowed'],
    [`${OWN}.securityContext.capabilities.drop`, ['NET_RAW'], 'capabilities: not all are dropped'],
    [`${OWN}.env.0.name`, 'CONFIGURATION_FILE_PATH', 'env: the service does not read CONFIGURATION_FILE_PATH'],
    [`${OWN}.env.2.value`, '8080', 'ports: no listener'],
    [`${OWN}.livenessProbe.httpGet.path`, '/healthz', 'livenessProbe: there is no route "/healthz"'],
    [`${OWN}.livenessProbe.httpGet.path`, '/-/ready', 'livenessProbe: a broker that is away would end the pod'],
    [`${OWN}.livenessProbe.failureThreshold`, 3, 'livenessProbe: an outage of a minute would end the pod'],
    [`${OWN}.readinessProbe.httpGet.port`, 'web', 'readinessProbe: there is no port web'],
    [`${OWN}.startupProbe`, undefined, 'startupProbe: there is no route ""'],
    [`${OWN}.volumeMounts.0.mountPath`, '/configuration', 'volumeMounts: no /flow-configuration/saga.json'],
    [`${OWN}.volumeMounts.2.mountPath`, '/var/data', 'volumeMounts: the data would end with the pod'],
    [
      `${POD}.initContainers.0.command`,
      ['batuta', 'check', '/saga.json'],
      'initContainers: no check of the configuration',
    ],
    [`${POD}.initContainers.0.image`, 'batuta:0.0.9', 'initContainers: another image'],
    [`${POD}.initContainers.0.securityContext`, {}, 'initContainers: other rights'],
    [`${POD}.initContainers.0.volumeMounts`, [], 'initContainers: other mounts'],
    ['spec.template.metadata.annotations', {}, 'annotations: prometheus.io/path is not "/-/metrics"'],
    [`${OWN}.env.5`, { name: 'API_TOKEN', value: 'secret' }, 'env: API_TOKEN is not from a Secret'],
    [`${OWN}.volumeMounts.1.name`, 'credentials', 'volumeMounts: there is no volume credentials'],
    [`${POD}.terminationGracePeriodSeconds`, 30, 'terminationGracePeriodSeconds: expected more than 30'],
  ])('%s: %j', (path, value, problem) => {
    expect(setProblems(planted(path, value))).toContain(problem)
  })

  test.each([
    ['selector', { 'app.kubernetes.io/name': 'other' }, 'selector: no pod has app.kubernetes.io/name: other'],
    ['ports', [{ port: 80, targetPort: 'web' }], 'targetPort: no pod has web'],
  ])('a Service with another %s', (key, value, problem) => {
    const [service] = ofKind<Service>(ALONE, 'Service')
    const wrong = { spec: { ...service?.spec, [key]: value } } as Service
    expect(serviceProblems(wrong, set().spec?.template)).toEqual([problem])
  })
})
