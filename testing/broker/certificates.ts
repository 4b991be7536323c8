import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './tools.ts'

/** Certificates and keys in PEM. */
export interface Certificates {
  readonly ca: string
  readonly client: { readonly key: string; readonly cert: string }
}

/** Names of the files that the broker reads. */
export const SERVER = 'server.pem'
/** File name of the certificate authority. */
export const CA = 'ca.crt'

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
const ISSUER = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']
const SIGNED = ['-CA', CA, '-CAkey', 'ca.key', '-addext', 'basicConstraints=critical,CA:FALSE']

/** Makes an authority, a server certificate for the loopback and a client certificate. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  const make = (name: string, ...how: string[]) => {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`, '-days', '30', '-subj', `/CN=batuta test ${name}`]
    return run('openssl', ['req', '-x509', ...KEY, ...files, ...how], folder)
  }
  await make('ca', ...ISSUER)
  const loopback = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-addext', 'extendedKeyUsage=serverAuth']
  await make('server', ...SIGNED, ...loopback)
  await make('client', ...SIGNED, '-addext', 'extendedKeyUsage=clientAuth')
  writeFileSync(join(folder, SERVER), read('server.key') + read('server.crt'))
  return { ca: read(CA), client: { key: read('client.key'), cert: read('client.crt') } }
}
