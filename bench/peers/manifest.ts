/** The package.json of a set of packages. */
export function manifestText(set: string, packages: Readonly<Record<string, string>>): string {
  const manifest = {
    name: `bench-peers-${set}`,
    version: '0.0.0',
    private: true,
    type: 'module',
    dependencies: packages,
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

/** Why an installation failed, in one line: npm's own first lines, without addresses. */
export function installReason({
  stderr = '',
  message,
}: {
  readonly stderr?: string
  readonly message: string
}): string {
  const said = stderr
    .split('\n')
    .flatMap((line) => /^npm (?:error|ERR!) (?!code |errno |syscall |A complete log|\s)(.+)/.exec(line)?.[1] ?? [])
    .slice(0, 2)
  const [first = 'no reason'] = message.split('\n')
  return (said.length > 0 ? said.join('; ') : first).replace(/\bhttps?:\/\/\S+/g, 'the registry')
}
