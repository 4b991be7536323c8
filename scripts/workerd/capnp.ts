import { OBJECTS_FOLDER } from '../../workers/edge/object-files.ts'
import { DESCRIPTOR_LIMIT, DESCRIPTORS } from '../../workers/edge/descriptor-budget.ts'

/**
 * workerd's configuration. saga.json is embedded from a file, since variables are limited in size. Other variables stay in the
 * environment, so that no secret is written to a file. Without a `binding` there are no Durable Objects.
 */
export function capnp(binding: string | undefined, variables: readonly string[], descriptors?: number): string {
  const view = binding === undefined ? NOTHING : processView(descriptors)
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "batuta", worker = .batuta),
    (name = "sagas", disk = (writable = true)),
${lines(view.services)}    # Participants may run anywhere, this machine included.
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", http = (), service = "batuta")],
);

const batuta :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-08-01",
  compatibilityFlags = ["enable_request_signal"],
  bindings = [
    (name = "CONFIGURATION", text = embed "configuration.json"),
${lines([...objects(binding), ...view.bindings, ...variables.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`)])}  ],
  durableObjectNamespaces = [(className = "Sagas", uniqueKey = "batuta", enableSql = true)],
  durableObjectStorage = (localDisk = "sagas"),
);
`
}

function objects(binding: string | undefined): readonly string[] {
  return binding === undefined ? [] : [`(name = ${text(binding)}, durableObjectNamespace = "Sagas")`]
}

interface ProcessView {
  readonly services: readonly string[]
  readonly bindings: readonly string[]
}

const NOTHING: ProcessView = { services: [], bindings: [] }

/**
 * Read-only views of this process for the Worker: the folder of objects, which tells whether an id has an object, and on Linux the
 * open file descriptors, which limit how many objects can be awake.
 */
function processView(descriptors: number | undefined): ProcessView {
  const folder: ProcessView = {
    services: ['(name = "look", disk = (writable = false))'],
    bindings: [`(name = ${text(OBJECTS_FOLDER)}, service = "look")`],
  }
  if (descriptors === undefined) return folder
  return {
    services: [...folder.services, '(name = "descriptors", disk = (path = "/proc/self/fd"))'],
    bindings: [
      ...folder.bindings,
      `(name = ${text(DESCRIPTORS)}, service = "descriptors")`,
      `(name = ${text(DESCRIPTOR_LIMIT)}, text = ${text(String(descriptors))})`,
    ],
  }
}

function lines(ones: readonly string[]): string {
  return ones.map((one) => `    ${one},\n`).join('')
}

/** A text literal of Cap'n Proto, with the escapes of C. */
function text(value: string): string {
  const escaped = [...new TextEncoder().encode(value)].map((byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  )
  return `"${escaped.join('')}"`
}
