/**
 * workerd's own configuration. The saga.json is embedded from a file, as a variable has a limit; the values of variables
 * stay in the environment, so that no secret is written down. Without a binding there are no Durable Objects.
 */
export function capnp(binding: string | undefined, variables: readonly string[]): string {
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "batuta", worker = .batuta),
    (name = "sagas", disk = (writable = true)),
    # Participants may be anywhere, this machine included.
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", http = (), service = "batuta")],
);

const batuta :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-08-01",
  bindings = [
    (name = "CONFIGURATION", text = embed "configuration.json"),
${[...lent(binding), ...variables.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`)]
  .map((one) => `    ${one},\n`)
  .join('')}  ],
  durableObjectNamespaces = [(className = "Sagas", uniqueKey = "batuta", enableSql = true)],
  durableObjectStorage = (localDisk = "sagas"),
);
`
}

function lent(binding: string | undefined): readonly string[] {
  return binding === undefined ? [] : [`(name = ${text(binding)}, durableObjectNamespace = "Sagas")`]
}

/** A Cap'n Proto text literal, whose escapes are those of C. */
function text(value: string): string {
  const escaped = [...new TextEncoder().encode(value)].map((byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  )
  return `"${escaped.join('')}"`
}
